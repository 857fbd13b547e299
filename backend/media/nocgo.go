//go:build !cgo

package media

// Microphone says that this build has none.
func (m *Machine) Microphone(string) (Capture, error) { return nil, ErrNoMedia }

// Camera says that this build has none.
func (m *Machine) Camera(string) (Capture, error) { return nil, ErrNoMedia }

// Screen says that this build has none.
func (m *Machine) Screen(string) (Capture, error) { return nil, ErrNoMedia }

// Devices says that this build has none.
func (m *Machine) Devices() (Devices, error) { return Devices{}, ErrNoMedia }

// Encoders is 0: this build has none.
func (m *Machine) Encoders() int { return 0 }

func (m *Machine) openCamera(string) (Capture, error) { return nil, ErrNoMedia }

func (m *Machine) voice() (*voice, error) { return nil, ErrNoMedia }

func (m *Machine) openOutput(string) (output, error) { return nil, ErrNoMedia }
