using AmpEdge.Agent.Budget;
using AmpEdge.Wal;

namespace AmpEdge.Agent.Buffer;

/// <summary>The bounds of the buffer.</summary>
internal sealed record BufferOptions
{
    /// <summary>Small, because the disk gets its room back segment by segment.</summary>
    public long SegmentSizeBytes { get; init; } = 16L << 20;

    /// <summary>
    /// A segment whose descriptions of series are more than a quarter of it may grow to this: they would be written anew in the next one.
    /// </summary>
    public long MaxSegmentSizeBytes { get; init; }

    public BufferMode Mode { get; init; }

    /// <summary>What those who hold copies of what is in the buffer may hold.</summary>
    public MemoryBudget Memory { get; init; } = new();

    /// <summary>Encrypts the segments; null for none.</summary>
    public SegmentCipher? Cipher { get; init; }

    /// <summary>Whether the folder is locked against other processes.</summary>
    public bool UseLockFile { get; init; } = true;

    /// <summary>Above this the oldest segments go, delivered or not.</summary>
    public long MaxBytes { get; init; } = 4L << 30;

    /// <summary>Segments older than this go, delivered or not.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How much a power cut may lose. Zero syncs at each commit.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often delivered segments are deleted.</summary>
    public TimeSpan TruncateInterval { get; init; } = TimeSpan.FromSeconds(10);
}
