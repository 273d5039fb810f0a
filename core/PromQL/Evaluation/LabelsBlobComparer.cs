using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Lets a dictionary of label sets be asked with blob bytes, so that a set is built only when it is new.</summary>
internal sealed class LabelsBlobComparer
    : IEqualityComparer<Labels>, IAlternateEqualityComparer<ReadOnlySpan<byte>, Labels>
{
    public static LabelsBlobComparer Instance { get; } = new();

    public bool Equals(Labels? x, Labels? y) => x == y;

    public int GetHashCode(Labels obj) => Fold(obj.Hash);

    public bool Equals(ReadOnlySpan<byte> alternate, Labels other) => alternate.SequenceEqual(other.Blob);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => Fold(XxHash64.Hash(alternate));

    public Labels Create(ReadOnlySpan<byte> alternate) => Labels.FromBlob(alternate);

    private static int Fold(ulong hash) => (int)hash ^ (int)(hash >> 32);
}
