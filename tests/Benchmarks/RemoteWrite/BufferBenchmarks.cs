using AmpEdge.Agent.Buffer;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Wal;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace AmpEdge.Benchmarks.RemoteWrite;

/// <summary>Committing the samples of a scrape of 500 series to the buffer on disk, without a sync; per sample.</summary>
[MemoryDiagnoser]
public class BufferBenchmarks
{
    private const int Series = 500;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "ampedge-buffer-benchmark");
    private readonly SeriesRef[] _series = new SeriesRef[Series];
    private AgentBuffer? _buffer;
    private long _timeMs = 1_795_344_146_821;

    [GlobalSetup]
    public void SetUp()
    {
        _buffer = AgentBuffer.Open(
            new DiskFileSystem(), _folder, new BufferOptions(), TimeProvider.System, NullLogger.Instance,
            new BufferMetrics(new MetricRegistry()));
        for (int index = 0; index < Series; index++)
        {
            _series[index] = _buffer.Series.Acquire(Labels.FromStrings(
                "__name__", "node_cpu_seconds_total", "cpu", $"{index}", "instance", "ip-10-0-17-211:9100", "job", "node"));
        }
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _buffer?.Dispose();
        new DiskFileSystem().DeleteFolder(_folder);
    }

    [IterationCleanup]
    public void Delete() => _buffer?.Wal.DeleteBefore(_buffer.Wal.End.Segment);

    [Benchmark(OperationsPerInvoke = Series * 100)]
    public long Commit()
    {
        for (int scrape = 0; scrape < 100; scrape++)
        {
            _timeMs += 15_000;
            using BufferAppender appender = _buffer!.RentAppender();
            foreach (SeriesRef series in _series)
            {
                appender.Append(series, _timeMs, _timeMs);
            }

            appender.Commit();
        }

        return _timeMs;
    }
}
