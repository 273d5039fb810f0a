using System.Numerics;

namespace AmpEdge.Agent.Cost;

/// <summary>
/// Counts distinct values by their 64-bit hashes in one kilobyte, whatever their number; off by some three percent above a
/// thousand and by far less below.
/// </summary>
/// <remarks>HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007) with linear counting for small numbers.</remarks>
internal sealed class DistinctCounter
{
    private const int RegisterBits = 10;
    private const int Registers = 1 << RegisterBits;

    /// <summary>The bias correction for this many registers.</summary>
    private const double Alpha = 0.7213 / (1 + (1.079 / Registers));

    private readonly byte[] _longestRuns = new byte[Registers];

    public void Add(ulong hash)
    {
        int register = (int)(hash >> (64 - RegisterBits));
        byte run = (byte)(BitOperations.LeadingZeroCount((hash << RegisterBits) | (1UL << (RegisterBits - 1))) + 1);
        if (run > _longestRuns[register])
        {
            _longestRuns[register] = run;
        }
    }

    public long Count
    {
        get
        {
            double sum = 0;
            int empty = 0;
            foreach (byte run in _longestRuns)
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
}
