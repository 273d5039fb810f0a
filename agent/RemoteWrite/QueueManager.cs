using AmpEdge.Agent.Buffer;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Delivers everything that is buffered to one destination. Fresh samples come from memory; when its shards are full, or after
/// a start, they come from the disk until it is up to date again.
/// </summary>
/// <remarks>
/// All ways of starting over are one: after a restart, a crash, or when the number of shards changes, a new
/// <see cref="ShardSet"/> begins where the one before was and reads the disk. What waits in memory can always be dropped.
/// <code>
///   scrape commit ──► Offer ──(room in all shards)──► shard queues ──► shards ──► HTTP
///                       └──(no room)──► fall behind         ▲
///                         log on disk ──► DiskReader ───────┘  until nothing is left to read
/// </code>
/// </remarks>
internal sealed class QueueManager : IDestination, IComponent, IDisposable
{
    /// <summary>The number of shards does not change again before the positions of earlier numbers were passed.</summary>
    private const int MaxPositionSets = 16;

    private static readonly TimeSpan s_sizingInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_restartDelay = TimeSpan.FromSeconds(1);

    private readonly DestinationOptions _options;
    private readonly AgentBuffer _buffer;
    private readonly Sending _sender;
    private readonly MetadataSender _metadata;
    private readonly DeliveryPositions _file;
    private readonly SeriesCap _cap;
    private readonly DiskReader _disk;
    private readonly LiveIntake _intake;
    private readonly ShardSizer _sizer;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly RemoteWriteMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Lock _saveLock = new();
    private readonly RepeatedErrorGate _saveFailures;
    private readonly AsyncSignal _fellBehind = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();

    /// <summary>True while samples are taken from memory. Changed under the buffer's commit lock only.</summary>
    private bool _live;
    private ShardSet _shards;
    private bool _stopping;
    private Task _running = Task.CompletedTask;
    private Task _sending = Task.CompletedTask;

    /// <summary>Ends a set of shards whose queues may hold a part of a record only; one for each set.</summary>
    private TaskCompletionSource _intakeFailed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public QueueManager(
        DestinationOptions options,
        AgentBuffer buffer,
        WriteClient client,
        Func<IReadOnlyList<MetricMetadata>> readMetadata,
        TimeProvider time,
        Random random,
        MetricRegistry registry,
        ILogger logger)
    {
        _options = options;
        _buffer = buffer;
        _time = time;
        _random = random;
        _logger = logger;
        _metrics = new RemoteWriteMetrics(registry, options);
        _saveFailures = new RepeatedErrorGate(time);
        _file = buffer.PositionsOf(options.Name);
        _cap = new SeriesCap(options.Queue.MaxSeries, time);
        ValueRounding rounding = new(options.Queue.SignificantFigures, options.Queue.RoundDigits);
        _disk = new DiskReader(buffer, options, _cap, rounding, _metrics, Progress, logger);
        _intake = new LiveIntake(buffer.Series, new WriteRules(options, buffer.Series), _cap, rounding);
        _sizer = new ShardSizer(options.Queue);
        _sender = new Sending(options, client, buffer.Series, new MetadataIndex(readMetadata, time), time, _metrics, Progress, logger);
        _metadata = new MetadataSender(options, client, readMetadata, time, random, _metrics, _sender.Version, logger);
        _shards = NewShards(options.Queue.MinShards, LoadPositions());
        RegisterGauges();
    }

    public string Name => _options.Name;

    public DestinationOptions Options => _options;

    /// <summary>What was achieved, and what fails at the moment.</summary>
    public QueueProgress Progress { get; } = new();

    /// <summary>True while samples come from memory, false while from the disk.</summary>
    public bool IsLive => Volatile.Read(ref _live);

    public int ShardCount => Volatile.Read(ref _shards).Count;

    /// <summary>Samples that wait in memory or are being sent.</summary>
    public int Pending => Volatile.Read(ref _shards).Pending;

    /// <summary>How much older the newest delivered sample is than the newest scraped one.</summary>
    public TimeSpan Behind
    {
        get
        {
            long sentMs = Progress.HighestSentMs;
            return sentMs == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Max(0, Progress.HighestInMs - sentMs));
        }
    }

    public SamplePosition Needed
    {
        get
        {
            SamplePosition delivered = Volatile.Read(ref _shards).Positions()[^1].Min;
            SamplePosition firstKept = _disk.FirstKept;
            return delivered > firstKept ? delivered : firstKept;
        }
    }

    public BufferBounds Bounds => new(_options.Queue.BufferMaxBytes.Bytes, _options.Queue.BufferMaxAge);

    /// <summary>Begins to deliver.</summary>
    public Task StartAsync(CancellationToken cancel)
    {
        _buffer.Attach(this);
        SavePositions();
        RemoteWriteLog.Started(_logger, Name, _options.ShownUrl, Needed.ToString(), ShardCount);
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Delivers what waits in memory within the flush deadline; the rest is delivered after the next start. A request in flight
    /// is awaited until <paramref name="cancel"/> or the deadline.
    /// </summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        bool flush = _buffer.BetweenCommits(_ =>
        {
            bool live = _live;
            _live = false;
            _stopping = true;
            return live;
        });
        using CancellationTokenSource deadline = new(LongWait.Bounded(_options.FlushDeadline), _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        if (flush)
        {
            Volatile.Read(ref _shards).Flush();
            await _sending.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _stop.CancelAsync();
        await _running.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _abort.CancelAsync();
        await _running;
        SavePositions();
        _buffer.Detach(this);
        _intake.Clear();
        ClosePositions();
    }

    public void Offer(in SampleColumns samples, WalPosition record, WalPosition end)
    {
        Progress.Scraped(samples.NewestMs);
        if (!_live)
        {
            return;
        }

        ShardSet shards = _shards;
        if (_options.Wants(samples.Kind))
        {
            if (!TryTake(samples, record, shards))
            {
                return;
            }

            Progress.TookIn(samples.Count - _intake.LeftOut - _intake.OverCap);
            _metrics.DroppedByRelabelling.Add(_intake.LeftOut);
            _metrics.DroppedOverCap.Add(_intake.OverCap);
        }

        shards.Taken = SamplePosition.At(end);
    }

    private bool TryTake(in SampleColumns samples, WalPosition record, ShardSet shards)
    {
        try
        {
            if (_intake.TryTake(samples, record, shards))
            {
                return true;
            }

            FallBehind(record);
        }
#pragma warning disable CA1031 // Most likely out of memory: the record is on the disk, and its commit must not fail for one destination.
        catch (Exception error)
#pragma warning restore CA1031
        {
            // A part of the record may be in the queues: a new set of shards begins before it, and reads it whole.
            _live = false;
            CountFailure(error);
            _intakeFailed.TrySetResult();
        }

        return false;
    }

    public void Forget(SeriesRef series) => _intake.Forget(series);

    public SamplePosition GiveUpBefore(SegmentIndex firstKept)
    {
        SamplePosition read = _disk.GiveUpBefore(firstKept);
        SamplePosition taken = Volatile.Read(ref _shards).Taken;
        return read > taken ? read : taken;
    }

    public void CountLost(long samples, LossReason reason) => _metrics.Lost(reason, samples);

    public void Dispose()
    {
        _stop.Dispose();
        _abort.Dispose();
        ClosePositions();
    }

    private List<ShardPositions> LoadPositions()
    {
        if (_file.TryLoad(out List<ShardPositions> saved, out string? problem))
        {
            return saved;
        }

        if (problem is not null)
        {
            // Sending all again does no harm, leaving some out would.
            BufferLog.PositionsUnreadable(_logger, Name, _file.Path, problem);
            return [new ShardPositions([default])];
        }

        return [new ShardPositions([SamplePosition.At(_buffer.Wal.End)])];
    }

    private ShardSet NewShards(int count, List<ShardPositions> earlier)
    {
        Shard[] shards = new Shard[count];
        for (int shard = 0; shard < count; shard++)
        {
            // Each its own source, because they draw from it at the same time.
            shards[shard] = new Shard(_sender, _buffer.Memory, new Random(_random.Next()), SavePositions);
        }

        return new ShardSet(shards, earlier, earlier[^1].Min);
    }

    private void RegisterGauges()
    {
        _metrics.Pending.ReadFrom(() => Pending);
        _metrics.EncodedBytes.ReadFrom(() => Volatile.Read(ref _shards).EncodedBytes);
        _metrics.Shards.ReadFrom(() => ShardCount);
        _metrics.CappedSeries.ReadFrom(() => _cap.Count);
        _metrics.Parked.ReadFrom(() => Progress.IsParked ? 1 : 0);
        _metrics.ReadingDisk.ReadFrom(() => IsLive ? 0 : 1);
        _metrics.BehindSeconds.ReadFrom(() => Behind.TotalSeconds);
        _metrics.HighestSent.ReadFrom(() => Progress.HighestSentMs / 1000.0);
        _metrics.HighestQueued.ReadFrom(() => Progress.HighestInMs / 1000.0);
        _metrics.CurrentSegment.ReadFrom(() => Volatile.Read(ref _shards).Taken.Segment);
    }

    private async Task RunAsync()
    {
        Task metadata = _options.Metadata.Send ? RunMetadataAsync() : Task.CompletedTask;
        bool isUsed = false;
        int wanted = ShardCount;
        while (!_stop.IsCancellationRequested && !Volatile.Read(ref _stopping))
        {
            try
            {
                if (isUsed)
                {
                    Volatile.Write(ref _shards, NewShards(wanted, _shards.Positions()));
                }

                isUsed = true;
                wanted = await RunShardsAsync(_shards);
            }
#pragma warning disable CA1031 // The outermost: sending must not end for good without anyone knowing.
            catch (Exception error)
#pragma warning restore CA1031
            {
                await FailedAsync(error);
            }
        }

        await _stop.CancelAsync();
        await metadata;
    }

    private async Task RunMetadataAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await RunLoopAsync(_metadata.RunAsync(_stop.Token));
        }
    }

    /// <summary>Runs one set of shards until stopped, or until another number of them is wanted, which is returned.</summary>
    private async Task<int> RunShardsAsync(ShardSet shards)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _intakeFailed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sending = RunLoopAsync(shards.RunAsync(end.Token, _abort.Token));
        Task reading = RunLoopAsync(ReadAsync(shards, end.Token));
        Task<int> sizing = SizeAsync(shards, end.Token);
        try
        {
            await Task.WhenAny(_sending, reading, sizing, _intakeFailed.Task);
            _buffer.BetweenCommits(_ => _live = false);
        }
        finally
        {
            await end.CancelAsync();
            await _sending;
            await reading;
            shards.Abandon();
        }

        return await sizing;
    }

    /// <summary>Awaits a loop; one that ends by an error is logged, and begun again with a new set of shards.</summary>
    private async Task RunLoopAsync(Task loop)
    {
        try
        {
            await loop;
        }
        catch (OperationCanceledException)
        {
            return;
        }
#pragma warning disable CA1031 // The top of the loops: delivering goes on whatever happened in one of them.
        catch (Exception error)
#pragma warning restore CA1031
        {
            await FailedAsync(error);
        }
    }

    private async Task FailedAsync(Exception error)
    {
        CountFailure(error);
        await Task.Delay(s_restartDelay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void CountFailure(Exception error)
    {
        _metrics.LoopFailures.Increment();
        RemoteWriteLog.LoopFailed(_logger, Name, error.Message, error);
    }

    private async Task ReadAsync(ShardSet shards, CancellationToken stop)
    {
        while (true)
        {
            if (IsLive || Volatile.Read(ref _stopping))
            {
                await _fellBehind.WaitAsync(stop);
            }
            else
            {
                await _disk.CatchUpAsync(shards, reader => TryGoLive(reader, shards), stop);
                RemoteWriteLog.UpToDate(_logger, Name);
            }
        }
    }

    private bool TryGoLive(LiveReader reader, ShardSet shards) =>
        _buffer.BetweenCommits(_ =>
        {
            if (!reader.IsCaughtUp || _stopping)
            {
                return false;
            }

            SamplePosition end = SamplePosition.At(reader.Position);
            shards.Taken = end > shards.Taken ? end : shards.Taken;
            _live = true;
            return true;
        });

    private void FallBehind(WalPosition record)
    {
        _live = false;
        _metrics.EnqueueRetries.Increment();
        RemoteWriteLog.Behind(_logger, Name, record.ToString());
        _fellBehind.Set();
    }

    private async Task<int> SizeAsync(ShardSet shards, CancellationToken stop)
    {
        using PeriodicTimer ticks = new(s_sizingInterval, _time);
        (long samplesIn, long samplesOut, TimeSpan sendTime) = (Progress.SamplesIn, Progress.SamplesOut, Progress.SendTime);
        while (await WaitForTickAsync(ticks, stop))
        {
            int wanted = _sizer.Next(
                shards.Count,
                Progress.SamplesIn - samplesIn,
                Progress.SamplesOut - samplesOut,
                Progress.SendTime - sendTime,
                Behind,
                s_sizingInterval);
            (samplesIn, samplesOut, sendTime) = (Progress.SamplesIn, Progress.SamplesOut, Progress.SendTime);
            _metrics.ShardsDesired.Set(_sizer.Desired);
            if (wanted != shards.Count && CanStartOver(shards.Positions()))
            {
                RemoteWriteLog.Resharded(_logger, Name, shards.Count, wanted);
                return wanted;
            }
        }

        return shards.Count;
    }

    /// <summary>
    /// Not while memory holds samples of segments that were given up, which cannot be read again, and not before the positions of
    /// earlier numbers of shards were passed.
    /// </summary>
    private bool CanStartOver(List<ShardPositions> positions) =>
        positions.Count < MaxPositionSets && positions[^1].Min >= _disk.FirstKept;

    private static async Task<bool> WaitForTickAsync(PeriodicTimer ticks, CancellationToken stop)
    {
        try
        {
            return await ticks.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void ClosePositions()
    {
        lock (_saveLock)
        {
            _file.Dispose();
        }
    }

    private void SavePositions()
    {
        lock (_saveLock)
        {
            try
            {
                _file.Save(Volatile.Read(ref _shards).Positions(), sync: false);
            }
            catch (IOException failure)
            {
                // The next acknowledged batch tries again; until then a restart would repeat more than one batch.
                if (_saveFailures.ShouldLog(failure.Message, out long heldBack))
                {
                    BufferLog.PositionsNotSaved(_logger, Name, failure.Message, heldBack);
                }
            }
        }
    }
}
