namespace AmpEdge.Agent.Buffer;

/// <summary>A record of a commit that holds entries of one of its lists.</summary>
/// <param name="List">Which list.</param>
/// <param name="First">The first of its entries in the record.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Offset">Where the record begins in the batch.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct EntriesRecord(int List, int First, int Count, int Offset, int End);
