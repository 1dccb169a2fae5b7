package kmskeys

// Held is how many opened keys are kept at this moment.
func (k *Keys) Held() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.opened)
}

// KeepMost is how many are kept at most.
const KeepMost = keepMost
