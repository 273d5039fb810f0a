using System.Buffers.Binary;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>Names for new blocks: the time, and bits that follow from a seed, so that a run can be repeated.</summary>
internal sealed class UlidSource
{
    private readonly TimeProvider _time;
    private readonly ulong _seed;
    private ulong _made;

    public UlidSource(TimeProvider time, ulong seed)
    {
        _time = time;
        _seed = seed;
    }

    /// <summary>A name for which <paramref name="isTaken"/> says no.</summary>
    public Ulid Next(Func<Ulid, bool> isTaken)
    {
        Span<byte> counter = stackalloc byte[sizeof(ulong)];
        Span<byte> entropy = stackalloc byte[Ulid.EntropyBytes];
        Ulid ulid;
        do
        {
            BinaryPrimitives.WriteUInt64LittleEndian(counter, ++_made);
            ulong bits = XxHash64.Hash(counter, _seed);
            BinaryPrimitives.WriteUInt64BigEndian(entropy, bits);
            BinaryPrimitives.WriteUInt16BigEndian(entropy[sizeof(ulong)..], (ushort)XxHash64.Hash(entropy[..sizeof(ulong)], ~_seed));
            ulid = Ulid.Create(_time.GetUtcNow(), entropy);
        }
        while (isTaken(ulid));
        return ulid;
    }
}
