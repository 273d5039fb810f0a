namespace AmpEdge.Agent.Buffer;

/// <summary>Why samples were lost that were in the buffer, or were to be.</summary>
internal enum LossReason
{
    /// <summary>The buffer was over <c>--buffer.max-bytes</c>, or the destination over its own <c>buffer_max_bytes</c>.</summary>
    MaxBytes,

    /// <summary>The segment was older than <c>--buffer.max-age</c>, or than the destination's own <c>buffer_max_age</c>.</summary>
    MaxAge,

    /// <summary>The disk was full, and the oldest segment made room.</summary>
    DiskFull,

    /// <summary>The bytes on the disk could not be read.</summary>
    Damaged,
}
