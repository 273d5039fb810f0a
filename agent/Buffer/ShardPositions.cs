namespace AmpEdge.Agent.Buffer;

/// <summary>
/// How far each shard of a destination got: samples of a series whose hash falls into shard <c>i</c> are delivered (or
/// dropped and counted) up to the <c>i</c>-th position.
/// </summary>
internal sealed class ShardPositions(SamplePosition[] positions)
{
    public SamplePosition[] Positions { get; } = positions;

    /// <summary>Everything before this is delivered by every shard.</summary>
    public SamplePosition Min
    {
        get
        {
            SamplePosition min = Positions[0];
            foreach (SamplePosition position in Positions)
            {
                min = position < min ? position : min;
            }

            return min;
        }
    }

    /// <summary>Nothing from here on is delivered.</summary>
    public SamplePosition Max
    {
        get
        {
            SamplePosition max = Positions[0];
            foreach (SamplePosition position in Positions)
            {
                max = position > max ? position : max;
            }

            return max;
        }
    }

    public static int ShardOf(ulong seriesHash, int shardCount) => (int)(seriesHash % (uint)shardCount);

    /// <summary>True when the sample need not be sent any more.</summary>
    public bool Covers(ulong seriesHash, SamplePosition sample) => sample < Positions[ShardOf(seriesHash, Positions.Length)];
}
