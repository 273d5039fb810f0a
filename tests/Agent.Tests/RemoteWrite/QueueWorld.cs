using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

/// <summary>A buffer and a destination on a faulty disk, a manual clock and a scripted receiver; it can be killed and restarted.</summary>
internal sealed class QueueWorld : IAsyncDisposable
{
    public const string Folder = "/agent";

    /// <summary>How long a test waits for the loops under test at most, by the real clock.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly List<SeriesRef> _series = [];
    private HttpMessageInvoker? _http;
    private IFileSystem? _files;
    private AgentBuffer? _buffer;
    private QueueManager? _queue;

    public QueueWorld(DestinationOptions? options = null, BufferOptions? bufferOptions = null)
    {
        Receiver = new ScriptedReceiver(Time);
        Options = options ?? DefaultOptions;
        BufferOptions = bufferOptions ?? new BufferOptions { SegmentSizeBytes = 4000 };
    }

    public static DestinationOptions DefaultOptions { get; } = new()
    {
        Name = "test",
        Url = new Uri("http://receiver.test/api/v1/write"),
        Queue = new QueueConfig
        {
            BatchSendDeadline = TimeSpan.FromMilliseconds(500),
            MinBackoff = TimeSpan.FromMilliseconds(100),
            MaxBackoff = TimeSpan.FromSeconds(5),
            MaxShards = 1,
        },
        Metadata = new MetadataConfig { Send = false },
    };

    public FaultyFileSystem Disk { get; } = new();

    public ManualTime Time { get; } = new();

    public ScriptedReceiver Receiver { get; private set; }

    public MetricRegistry Registry { get; private set; } = new();

    public DestinationOptions Options { get; set; }

    public BufferOptions BufferOptions { get; set; }

    public RequestAuthorizer? Authorizer { get; set; }

    /// <summary>The destination's clock, where it is not <see cref="Time"/> itself.</summary>
    public TimeProvider? QueueTime { get; set; }

    /// <summary>The destination's random numbers, where they are not the usual ones.</summary>
    public Random? Random { get; set; }

    public IReadOnlyList<MetricMetadata> Metadata { get; set; } = [];

    /// <summary>Where metadata comes from, instead of <see cref="Metadata"/>.</summary>
    public Func<IReadOnlyList<MetricMetadata>>? ReadMetadata { get; set; }

    public int SeriesCount { get; set; } = 3;

    public AgentBuffer Buffer => _buffer ?? throw new InvalidOperationException("the process was not started");

    public QueueManager Queue => _queue ?? throw new InvalidOperationException("the process was not started");

    /// <summary>Starts the process: the buffer, its series and the destination.</summary>
    public async Task StartAsync()
    {
        Registry = new MetricRegistry();
        OpenBuffer();
        _http = new HttpMessageInvoker(Receiver, disposeHandler: false);
        _queue = new QueueManager(
            Options, Buffer, new WriteClient(Options, _http, Authorizer, Time), () => ReadMetadata?.Invoke() ?? Metadata, QueueTime ?? Time, Random ?? new Random(1), Registry,
            NullLogger.Instance);
        await _queue.StartAsync(CancellationToken.None);
    }

    /// <summary>The buffer lies in memory from the next start on.</summary>
    public void UseMemory() => _files = new MemoryFileSystem();

    public void OpenBuffer()
    {
        _buffer = AgentBuffer.Open(_files ?? Disk, Folder, BufferOptions, Time, NullLogger.Instance, new BufferMetrics(Registry));
        _series.Clear();
        for (int series = 0; series < SeriesCount; series++)
        {
            _series.Add(_buffer.Series.Acquire(LabelsOf(series)));
        }
    }

    public static Labels LabelsOf(int series) => Labels.FromStrings("__name__", "m", "s", $"{series:D4}");

    public static string TextOf(int series) => $"__name__=m,s={series:D4}";

    /// <summary>Commits one sample of every series, at the clock's time, with the given value.</summary>
    public CommitOutcome Scrape(double value)
    {
        using BufferAppender appender = Buffer.RentAppender();
        long now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (SeriesRef series in _series)
        {
            appender.Append(series, now, value);
        }

        return appender.Commit();
    }

    /// <summary>Moves the clock in small steps until the condition holds.</summary>
    public void Drive(Func<bool> condition, string what = "the condition", int stepMs = 50)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > s_patience)
            {
                Assert.Fail(
                    $"{what} did not come: {Receiver.Requests.Count} requests, {Receiver.AcceptedCount} samples accepted, " +
                    $"pending {_queue?.Pending}, live {_queue?.IsLive}, problem {_queue?.Progress.Problem}");
            }

            SpinWait.SpinUntil(condition, 1);
            Time.Advance(TimeSpan.FromMilliseconds(stepMs));
        }
    }

    public void DriveUntilAccepted(int samples) => Drive(() => Receiver.AcceptedCount >= samples, $"{samples} samples");

    /// <summary>
    /// Drives until everything that was committed is delivered and the file says so: a kill between the two sends the last
    /// batch once more, which counts again.
    /// </summary>
    public void DriveUntilSaved() => Drive(
        () => Buffer.PositionsOf(Options.Name).TryLoad(out List<ShardPositions> saved, out _)
            && saved[^1].Min >= SamplePosition.At(Buffer.Wal.End),
        "the saved positions");

    /// <summary>SIGKILL: nothing is flushed or saved any more, what was written stays.</summary>
    public async Task KillAsync()
    {
        // The next life has a receiver of its own that knows what this one took; this one's requests go nowhere any more.
        ScriptedReceiver old = Receiver;
        Disk.Crash();
        old.Unreachable = true;
        await EndAsync(abruptly: true);
        Disk.Kill();
        old.Unreachable = false;
    }

    /// <summary>The destination stops, the buffer stays.</summary>
    public async Task StopQueueAsync()
    {
        Task stopping = Queue.StopAsync(CancellationToken.None);
        Drive(() => stopping.IsCompleted, "the end of the queue");
        await stopping;
        Queue.Dispose();
        _queue = null;
    }

    public Task StopAsync() => EndAsync(abruptly: false);

    public async ValueTask DisposeAsync()
    {
        await EndAsync(abruptly: true);
        Receiver.Dispose();
    }

    public double Counter(string name) => MetricText.ValueOf(Registry, name);

    private async Task EndAsync(bool abruptly)
    {
        if (_queue is { } queue)
        {
            try
            {
                using CancellationTokenSource now = new();
                if (abruptly)
                {
                    await now.CancelAsync();
                }

                Task stopping = queue.StopAsync(now.Token);
                Drive(() => stopping.IsCompleted, "the end");
                await stopping;
            }
            catch (SimulatedCrashException)
            {
                // A killed process saves nothing.
            }

            queue.Dispose();
        }

        _queue = null;
        _buffer?.Dispose();
        _buffer = null;
        _http?.Dispose();
    }
}
