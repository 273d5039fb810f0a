using System.Numerics;

namespace AmpEdge.Prometheus;

/// <summary>
/// Counts distinct values by their 64-bit hashes in at most one kilobyte, whatever their number: exactly up to
/// <see cref="MaxExact"/>, off by some three percent above. Not thread-safe.
/// </summary>
/// <remarks>
/// The hashes themselves while they are few; then HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007) with linear counting
/// for small numbers. Which of the two it is depends on the set of hashes alone, so that merging is commutative, associative
/// and idempotent, down to the bytes.
/// </remarks>
public sealed class DistinctCounter
{
    /// <summary>Up to this many values are counted exactly; they take as much room as the registers.</summary>
    public const int MaxExact = Registers / sizeof(ulong);

    /// <summary>The longest form of <see cref="AppendTo"/>.</summary>
    public const int MaxEncodedLength = 1 + Registers;

    private const int RegisterBits = 10;
    private const int Registers = 1 << RegisterBits;
    private const int MaxRun = 64 - RegisterBits + 1;
    private const int FirstHashes = 4;

    /// <summary>Stands where the number of hashes would when the registers follow.</summary>
    private const byte RegistersFollow = 0xFF;

    /// <summary>The bias correction for this many registers.</summary>
    private const double Alpha = 0.7213 / (1 + (1.079 / Registers));

    private ulong[] _hashes = [];
    private int _hashCount;
    private byte[]? _longestRuns;

    /// <summary>How many distinct hashes were added, or an estimate of it.</summary>
    public long Count => _longestRuns is null ? _hashCount : Estimate(_longestRuns);

    /// <summary>Bytes that the values take in memory.</summary>
    public int SizeBytes => _longestRuns?.Length ?? _hashes.Length * sizeof(ulong);

    public void Add(ulong hash)
    {
        if (_longestRuns is not null)
        {
            Register(_longestRuns, hash);
            return;
        }

        if (_hashes.AsSpan(0, _hashCount).Contains(hash))
        {
            return;
        }

        if (_hashCount == MaxExact)
        {
            Register(ToRegisters(), hash);
            return;
        }

        if (_hashCount == _hashes.Length)
        {
            Array.Resize(ref _hashes, Math.Max(FirstHashes, 2 * _hashCount));
        }

        _hashes[_hashCount++] = hash;
    }

    /// <summary>Adds everything that another counter has seen.</summary>
    public void Merge(DistinctCounter other)
    {
        if (other._longestRuns is not { } runs)
        {
            foreach (ulong hash in other._hashes.AsSpan(0, other._hashCount))
            {
                Add(hash);
            }

            return;
        }

        byte[] own = _longestRuns ?? ToRegisters();
        for (int register = 0; register < Registers; register++)
        {
            own[register] = Math.Max(own[register], runs[register]);
        }
    }

    /// <summary>
    /// Appends the number of hashes (one byte) and the hashes, rising, little-endian; or 255 and a byte for each register.
    /// </summary>
    public void AppendTo(ByteBuffer target)
    {
        if (_longestRuns is not null)
        {
            target.Append(RegistersFollow);
            target.Append(_longestRuns);
            return;
        }

        Span<ulong> hashes = _hashes.AsSpan(0, _hashCount);
        hashes.Sort();
        target.Append((byte)_hashCount);
        foreach (ulong hash in hashes)
        {
            target.AppendUInt64LittleEndian(hash);
        }
    }

    /// <summary>Reads what <see cref="AppendTo"/> wrote; null when it is cut off or cannot have been written.</summary>
    public static DistinctCounter? Read(ref SpanReader source)
    {
        DistinctCounter counter = new();
        byte head = source.ReadByte();
        if (head == RegistersFollow)
        {
            ReadOnlySpan<byte> runs = source.ReadBytes(Registers);
            if (runs.IsEmpty || runs.ContainsAnyExceptInRange((byte)0, (byte)MaxRun))
            {
                return null;
            }

            counter._longestRuns = runs.ToArray();
            return counter;
        }

        if (head > MaxExact)
        {
            return null;
        }

        counter._hashes = new ulong[head];
        for (int index = 0; index < head; index++)
        {
            ulong hash = source.ReadUInt64LittleEndian();
            if (index > 0 && hash <= counter._hashes[index - 1])
            {
                return null;
            }

            counter._hashes[index] = hash;
        }

        counter._hashCount = head;
        return source.Truncated ? null : counter;
    }

    private byte[] ToRegisters()
    {
        byte[] runs = new byte[Registers];
        foreach (ulong hash in _hashes.AsSpan(0, _hashCount))
        {
            Register(runs, hash);
        }

        _longestRuns = runs;
        _hashes = [];
        _hashCount = 0;
        return runs;
    }

    private static void Register(byte[] longestRuns, ulong hash)
    {
        int register = (int)(hash >> (64 - RegisterBits));
        byte run = (byte)(BitOperations.LeadingZeroCount((hash << RegisterBits) | (1UL << (RegisterBits - 1))) + 1);
        if (run > longestRuns[register])
        {
            longestRuns[register] = run;
        }
    }

    private static long Estimate(byte[] longestRuns)
    {
        double sum = 0;
        int empty = 0;
        foreach (byte run in longestRuns)
        {
            sum += Math.ScaleB(1, -run);
            empty += run == 0 ? 1 : 0;
        }

        double estimate = Alpha * Registers * Registers / sum;
        if (estimate <= 2.5 * Registers && empty > 0)
        {
            estimate = Registers * Math.Log((double)Registers / empty);
        }

        return (long)Math.Round(estimate);
    }
}
