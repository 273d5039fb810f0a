namespace AmpEdge.Prometheus;

/// <summary>Compares names in UTF-8 as bytes, so that a dictionary can be asked with a slice.</summary>
/// <param name="seed">Differs from one table to the next where the names come from outside.</param>
public sealed class Utf8NameComparer(ulong seed = 0)
    : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)XxHash64.Hash(alternate, seed);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
