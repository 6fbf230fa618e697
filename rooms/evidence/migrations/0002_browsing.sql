create index evidence_by_kind on evidence (kind, evidence_id);
