namespace AmpEdge.Tsdb;

/// <summary>Reads the samples of a chunk in order.</summary>
internal interface IChunkDecoder
{
    /// <summary>True once the bytes did not hold what the format demands.</summary>
    bool Corrupt { get; }

    /// <summary>Milliseconds since the Unix epoch; valid after <see cref="MoveNext"/> said true.</summary>
    long TimestampMs { get; }

    /// <summary>Moves to the next sample; false at the end and on corruption.</summary>
    bool MoveNext();
}
