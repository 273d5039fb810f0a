namespace AmpEdge.Agent.RemoteWrite;

/// <summary>The labels with which a destination queues a series.</summary>
/// <param name="blob">The label blob; empty when the destination does not get the series.</param>
/// <param name="hash">Of the scraped labels, so that it is the same after a restart and whatever the rules say.</param>
/// <param name="areFinal">True when external labels and write relabelling are in the blob already.</param>
internal readonly ref struct SeriesLabels(ReadOnlySpan<byte> blob, ulong hash, bool areFinal)
{
    public ReadOnlySpan<byte> Blob { get; } = blob;

    public ulong Hash { get; } = hash;

    public bool AreFinal { get; } = areFinal;

    public bool IsDropped => Blob.IsEmpty;
}
