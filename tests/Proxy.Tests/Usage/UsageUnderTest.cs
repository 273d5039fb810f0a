using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Usage;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Tests.Usage;

/// <summary>An observer on a clock and a disk of the test's.</summary>
internal sealed class UsageUnderTest : IDisposable
{
    public const string StateFile = "/state/usage.state";

    private readonly MemoryStream _log = new();
    private readonly LineLoggerFactory _loggers;

    public UsageUnderTest(UsageConfig? config = null, IFileSystem? disk = null, ManualTime? time = null)
    {
        Disk = disk ?? new MemoryFileSystem();
        Time = time ?? new ManualTime();
        _loggers = new LineLoggerFactory(_log, LogFormat.Logfmt, LogLevel.Debug, Time);
        Observer = new UsageObserver(
            config ?? new UsageConfig { Enable = true, StateFile = StateFile }, Disk, Registry, _loggers.CreateLogger("usage"), Time, 7);
    }

    public IFileSystem Disk { get; }

    public ManualTime Time { get; }

    public MetricRegistry Registry { get; } = new();

    public UsageObserver Observer { get; }

    public string Log => Encoding.UTF8.GetString(_log.ToArray());

    public Task StartAsync() => Observer.StartAsync(CancellationToken.None);

    /// <summary>Stops, which reads all that waits, and reports.</summary>
    public async Task<UsageReport> StopAsync()
    {
        await Observer.StopAsync(CancellationToken.None);
        return Observer.Report();
    }

    public void Write(string workspace, params ReadOnlySpan<string> series) => Observer.Observe(
        "POST", new RequestTarget($"/workspaces/{workspace}/api/v1/remote_write", ""), "application/x-protobuf", "snappy",
        WrittenBody.V1(series));

    public void Get(string path, string query = "") =>
        Observer.Observe("GET", new RequestTarget(path, query), "", "", []);

    public void Post(string path, string form) => Observer.Observe(
        "POST", new RequestTarget(path, ""), "application/x-www-form-urlencoded", "", Encoding.UTF8.GetBytes(form));

    public string Metrics()
    {
        System.Buffers.ArrayBufferWriter<byte> page = new();
        Registry.WriteTo(page, ExpositionFormat.Text004);
        return Encoding.UTF8.GetString(page.WrittenSpan);
    }

    public void Dispose()
    {
        Observer.Dispose();
        _loggers.Dispose();
    }

    /// <summary>The metrics by name: <c>name: reader×count …</c>, or <c>name: unused</c>.</summary>
    public static string Summary(UsageReport report)
    {
        SortedSet<string> lines = new(StringComparer.Ordinal);
        foreach (UsageRow row in report.Metrics)
        {
            List<string> readers = [];
            foreach (ReadCount reader in row.Readers)
            {
                readers.Add($"{ReaderKindNames.Of(reader.Kind)}×{reader.Count}");
            }

            lines.Add($"{row.Name}: {(row.IsUnused ? "unused" : string.Join(' ', readers))}");
        }

        return string.Join('\n', lines);
    }
}
