namespace AmpEdge.Tsdb;

/// <summary>
/// The stages that commits go through one behind the other: the log, the index of new series, the shards of the series,
/// the publication. Each stage has one commit at a time and commits cannot overtake, so that every stage sees them in the
/// order of the log, while several commits are at work in different stages.
/// </summary>
/// <remarks>
/// A commit takes the lock of the next stage before it gives the one of its own back. So at most one commit waits for any
/// stage but the first, and which of the waiting ones the lock prefers makes no difference. Why it is so:
/// <c>docs/decisions/0004</c>. Lock order: rising stages, then the register's lock, then those of the slabs.
/// </remarks>
internal sealed class CommitStages
{
    /// <summary>How many shards there are. More shards let more commits be at work, and cost each a lock.</summary>
    public const int Shards = 8;

    /// <summary>Series of neighbouring places are in the same shard, so that a shard's entries lie together.</summary>
    private const int ShardSeriesBits = 6;

    /// <summary>The stage in which the request is written to the log and gets its number.</summary>
    private const int Log = 0;

    /// <summary>The stage in which the series that the request is the first for are entered into the index.</summary>
    private const int NewSeries = Log + 1;

    /// <summary>The stages in which the samples are put into the series of each shard.</summary>
    private const int FirstShard = NewSeries + 1;

    /// <summary>The stage in which queries get to see the request.</summary>
    private const int Publication = FirstShard + Shards;

    private readonly Lock[] _locks = new Lock[Publication + 1];

    public CommitStages()
    {
        for (int stage = 0; stage < _locks.Length; stage++)
        {
            _locks[stage] = new Lock();
        }
    }

    /// <summary>The shard of a series.</summary>
    public static int ShardOf(uint series) => (int)(series >> ShardSeriesBits) & (Shards - 1);

    /// <summary>Waits for the first stage.</summary>
    public Passage Enter()
    {
        _locks[Log].Enter();
        return new Passage(_locks);
    }

    /// <summary>Waits until the commits that are under way are through, and holds back further ones.</summary>
    public Standstill Stop()
    {
        foreach (Lock stage in _locks)
        {
            stage.Enter();
        }

        return new Standstill(_locks);
    }

    /// <summary>One commit on its way.</summary>
    public ref struct Passage(Lock[] stages)
    {
        private readonly Lock[] _stages = stages;
        private int _stage;

        /// <summary>Goes to the next stage once the commit before has left it.</summary>
        public void MoveOn()
        {
            Lock left = _stages[_stage];
            _stages[_stage + 1].Enter();
            _stage++;
            left.Exit();
        }

        /// <summary>Leaves the stage that it is in, the last one or where it failed.</summary>
        public readonly void Leave() => _stages[_stage].Exit();
    }

    /// <summary>No commit is under way until it is disposed.</summary>
    public readonly ref struct Standstill(Lock[] stages)
    {
        private readonly Lock[] _stages = stages;

        public void Dispose()
        {
            foreach (Lock stage in _stages)
            {
                stage.Exit();
            }
        }
    }
}
