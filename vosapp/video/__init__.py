"""Pictures in and out: clips, frame index, cache, colour. Only the subpackage av knows PyAV."""
