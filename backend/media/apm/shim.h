// What Go sees of WebRTC's audio processing, which is C++.
#ifdef __cplusplus
extern "C" {
#endif

typedef struct apm apm;

apm *apm_new(void);
void apm_free(apm *);
// apm_played takes 480 samples that are about to be heard.
void apm_played(apm *, const float *samples);
// apm_clean changes 480 captured samples in place.
void apm_clean(apm *, float *samples, int delay_ms);

#ifdef __cplusplus
}
#endif
