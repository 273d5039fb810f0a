using System.Globalization;
using System.Net;
using System.Text;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Cost;
using AmpEdge.Agent.Discovery;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Agent.Scrape;
using AmpEdge.Agent.Tests.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests;

/// <summary>
/// The agent's parts from discovery to the destination on a clock that the test moves, with a page for every minute: series
/// that live for a tenth of a day, pods that come and go each minute, a destination that can be away. It keeps nothing itself.
/// </summary>
internal sealed class LongRunWorld : IAsyncDisposable
{
    public const int MinutesPerDay = 24 * 60;

    private const string Job = "pods";
    private const int StableTargets = 8;
    private const int PodsAtOnce = 8;
    private const int SeriesPerTarget = 20;

    /// <summary>Ten generations of series a day.</summary>
    private const int MinutesPerGeneration = MinutesPerDay / 10;

    /// <summary>With the five that each scrape reports.</summary>
    public const int LiveSeries = (StableTargets + PodsAtOnce) * (SeriesPerTarget + 5);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = new();
    private readonly MetricRegistry _registry = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Pods _pods = new();
    private readonly Network _network = new();
    private readonly HttpMessageInvoker _http;
    private readonly DiscoveryManager _discovery;
    private readonly ScrapeManager _scrapes;
    private readonly CostReporter _cost;
    private readonly QueueManager _queue;
    private readonly Task _buffering;
    private int _minute;

    public LongRunWorld()
    {
        _http = new HttpMessageInvoker(_network, disposeHandler: false);
        Buffer = AgentBuffer.Open(
            new MemoryFileSystem(), "/agent", new BufferOptions { SegmentSizeBytes = 64 << 10, MaxBytes = 1 << 20 }, _time,
            NullLogger.Instance, new BufferMetrics(_registry));
        _scrapes = new ScrapeManager(
            new BufferStore(Buffer, new HighAvailability("", "", _registry, _time, NullLogger.Instance)),
            new ScrapeMetrics(_registry), _time, NullLogger.Instance, startsLoops: false);
        _discovery = new DiscoveryManager(_scrapes.SyncAsync, new DiscoveryMetrics(_registry), _time, NullLogger.Instance);
        _cost = new CostReporter(_scrapes, Buffer.Series, new CostConfig(), _time);
        DestinationOptions destination = new()
        {
            Name = "away",
            Url = new Uri("http://receiver.test/api/v1/write"),
            Queue = new QueueConfig { BatchSendDeadline = TimeSpan.FromSeconds(1), MaxShards = 4 },
            Metadata = new MetadataConfig { SendInterval = TimeSpan.FromHours(1) },
        };
        _queue = new QueueManager(
            destination, Buffer, new WriteClient(destination, _http, null, _time), _scrapes.Metadata, _time, new Random(1), _registry,
            NullLogger.Instance);
        _buffering = Buffer.RunAsync(_stop.Token);
    }

    public AgentBuffer Buffer { get; }

    public async Task StartAsync()
    {
        await _queue.StartAsync(CancellationToken.None);
        await _scrapes.ApplyAsync([ScrapeJobs.Create(Job) with { CreateClient = () => new HttpMessageInvoker(_network, disposeHandler: false) }]);
        await _discovery.ApplyAsync([new DiscoveryJob(Job, [new("pods", () => _pods)])]);
    }

    /// <summary>A day, with the destination away from one hour to another; zero and zero for a quiet day.</summary>
    public async Task LiveThroughDayAsync(int awayFromHour, int awayUntilHour)
    {
        for (int minute = 0; minute < MinutesPerDay; minute++, _minute++)
        {
            _network.IsAway = minute / 60 >= awayFromHour && minute / 60 < awayUntilHour;
            _network.Minute = _minute;
            _pods.Report(_minute);
            await _discovery.HandOverAsync();
            foreach (ScrapeLoop loop in Assert.Single(_scrapes.Snapshot()).Loops)
            {
                await loop.ScrapeOnceAsync(_time.GetUtcNow(), TestContext.Current.CancellationToken);
            }

            for (int second = 0; second < 60; second += 10)
            {
                _time.Advance(TimeSpan.FromSeconds(10));
                await Task.Yield();
            }

            if (!_network.IsAway)
            {
                Drain();
            }

            if (minute % 60 == 0)
            {
                _ = _cost.Current();
            }
        }
    }

    /// <summary>What is held now, once all that may go has gone.</summary>
    public LongRunLevel Level()
    {
        Drain();
        Buffer.Truncator.TruncateOnce();
        for (int round = 0; round < 3; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        System.Buffers.ArrayBufferWriter<byte> page = new();
        _registry.WriteTo(page, ExpositionFormat.Text004);
        return new LongRunLevel(
            Buffer.Series.Count, Buffer.Series.RefLimit, Buffer.Series.LabelBytes, Buffer.Wal.Segments().Count,
            page.WrittenSpan.Count((byte)'\n'), _scrapes.Metadata().Count, GC.GetTotalMemory(forceFullCollection: true));
    }

    public double LostSamples() => Sum("ampedge_remote_write_lost_samples_total");

    public double SentSamples() => Sum("prometheus_remote_storage_samples_total");

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new();
        await now.CancelAsync();
        await _queue.StopAsync(now.Token);
        _queue.Dispose();
        await _discovery.DisposeAsync();
        await _scrapes.DisposeAsync();
        await _stop.CancelAsync();
        await _buffering;
        Buffer.Dispose();
        _http.Dispose();
        _network.Dispose();
        _stop.Dispose();
    }

    /// <summary>Moves the clock a little until everything is delivered.</summary>
    private void Drain()
    {
        long start = TimeProvider.System.GetTimestamp();
        while (_queue is not { IsLive: true, Pending: 0 })
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(start) < s_patience,
                $"minute {_minute}: pending {_queue.Pending}, live {_queue.IsLive}, problem {_queue.Progress.Problem}");
            _time.Advance(TimeSpan.FromMilliseconds(500));
            SpinWait.SpinUntil(() => _queue is { IsLive: true, Pending: 0 }, 1);
        }
    }

    private double Sum(string name)
    {
        System.Buffers.ArrayBufferWriter<byte> page = new();
        _registry.WriteTo(page, ExpositionFormat.Text004);
        double sum = 0;
        foreach (string line in Encoding.UTF8.GetString(page.WrittenSpan).Split('\n'))
        {
            sum += line.StartsWith(name + "{", StringComparison.Ordinal)
                ? double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)
                : 0;
        }

        return sum;
    }

    /// <summary>Some targets stay; of the others one goes and one comes each minute.</summary>
    private sealed class Pods : IDiscoverer
    {
        private Action<IReadOnlyList<TargetGroup>> _report = static _ => { };

        public void Report(int minute)
        {
            List<Labels> targets = [];
            for (int target = 0; target < StableTargets + PodsAtOnce; target++)
            {
                string name = target < StableTargets ? $"stable-{target}" : $"pod-{minute + target}";
                targets.Add(Labels.FromStrings("__address__", name + ":80", "__meta_kubernetes_pod_name", name, "pod", name));
            }

            _report([new TargetGroup("cluster", targets, Labels.Empty)]);
        }

        public Task RunAsync(Action<IReadOnlyList<TargetGroup>> report, CancellationToken stop)
        {
            _report = report;
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        }
    }

    /// <summary>Every target's page of this minute, and the destination.</summary>
    private sealed class Network : HttpMessageHandler
    {
        public volatile bool IsAway;

        public int Minute { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Get)
            {
                StringContent page = new(Page());
                page.Headers.ContentType = new("text/plain") { Parameters = { new("version", "0.0.4") } };
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = page });
            }

            return IsAway
                ? Task.FromException<HttpResponseMessage>(new HttpRequestException("connection refused"))
                : Task.FromResult(new HttpResponseMessage(HttpStatusCode.NoContent));
        }

        private string Page()
        {
            int generation = Minute / MinutesPerGeneration;
            StringBuilder page = new();
            page.Append(CultureInfo.InvariantCulture, $"# HELP of_generation_{generation} Of one release.\n# TYPE of_generation_{generation} gauge\n");
            for (int series = 0; series < SeriesPerTarget; series++)
            {
                page.Append(CultureInfo.InvariantCulture, $"of_generation_{generation}{{s=\"{series}\",release=\"{generation}\"}} {Minute}\n");
            }

            return page.ToString();
        }
    }
}
