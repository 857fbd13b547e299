//go:build cgo && !noaec

#include "shim.h"

#include <webrtc/modules/audio_processing/include/audio_processing.h>

using namespace webrtc;

struct apm {
  AudioProcessing *processing;
};

static const StreamConfig mono(48000, 1);

apm *apm_new(void) {
  Config config;
  config.Set<ExtendedFilter>(new ExtendedFilter(true));
  config.Set<DelayAgnostic>(new DelayAgnostic(true));
  AudioProcessing *p = AudioProcessing::Create(config);
  if (!p) return nullptr;
  ProcessingConfig streams = {{mono, mono, mono, mono}};
  bool ok = p->Initialize(streams) == 0;
  ok &= p->high_pass_filter()->Enable(true) == 0;
  // A stronger suppression takes no more echo out of a room, and half of one's words while both speak.
  ok &= p->echo_cancellation()->set_suppression_level(EchoCancellation::kModerateSuppression) == 0;
  ok &= p->echo_cancellation()->Enable(true) == 0;
  ok &= p->noise_suppression()->set_level(NoiseSuppression::kModerate) == 0;
  ok &= p->noise_suppression()->Enable(true) == 0;
  // No analog volume of a sound card is touched: the gain is digital alone.
  ok &= p->gain_control()->set_mode(GainControl::kAdaptiveDigital) == 0;
  ok &= p->gain_control()->set_target_level_dbfs(6) == 0;
  ok &= p->gain_control()->set_compression_gain_db(9) == 0;
  ok &= p->gain_control()->enable_limiter(true) == 0;
  ok &= p->gain_control()->Enable(true) == 0;
  if (!ok) {
    delete p;
    return nullptr;
  }
  return new apm{p};
}

void apm_free(apm *a) {
  delete a->processing;
  delete a;
}

void apm_played(apm *a, const float *samples) {
  const float *channels[] = {samples};
  a->processing->AnalyzeReverseStream(channels, 480, 48000, AudioProcessing::kMono);
}

void apm_clean(apm *a, float *samples, int delay_ms) {
  float *channels[] = {samples};
  a->processing->set_stream_delay_ms(delay_ms);
  a->processing->ProcessStream(channels, mono, mono, channels);
}
