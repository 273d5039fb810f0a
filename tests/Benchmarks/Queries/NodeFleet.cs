using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Benchmarks.Queries;

/// <summary>
/// Hosts whose node exporter and one web server are scraped: a hundred series of floats each, as many as the real ones have of the
/// families that dashboards ask for, and two of native histograms. Values depend on series and step only.
/// </summary>
internal sealed class NodeFleet
{
    public const int SeriesPerHost = 102;

    private const int HistogramsPerHost = 2;
    private const int HistogramBuckets = 24;

    private static readonly string[] s_modes = ["idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"];
    private static readonly string[] s_memory =
        ["MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapTotal", "SwapFree", "Active", "Inactive", "Dirty"];
    private static readonly string[] s_bounds = ["0.005", "0.01", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "10", "+Inf"];

    private readonly List<byte[]> _labels = [];
    private readonly List<bool> _isCounter = [];
    private readonly List<double> _paces = [];

    public NodeFleet(int hosts)
    {
        for (int host = 0; host < hosts; host++)
        {
            AddHost(host);
        }
    }

    public int Count => _labels.Count;

    /// <summary>The labels of a series as they stand in a request.</summary>
    public byte[] Labels(int series) => _labels[series];

    /// <summary>Counters grow by their own pace, with noise; gauges walk around it.</summary>
    public double Value(int series, int step)
    {
        uint noise = ((uint)series * 2_654_435_761) ^ ((uint)step * 2_246_822_519);
        noise ^= noise >> 15;
        double part = (noise & 0xFFFF) / 65536.0;
        double pace = _paces[series];
        return _isCounter[series] ? Math.Floor(((step * pace) + (part * pace)) * 100) / 100 : Math.Floor(pace * (1000 + (part * 500)));
    }

    /// <summary>Whether a series has native histograms instead of floats.</summary>
    public static bool IsHistogram(int series) => series % SeriesPerHost >= SeriesPerHost - HistogramsPerHost;

    /// <summary>Requests by how long they took, in buckets that grow by the eighth root of two, the middle ones faster.</summary>
    public static void Fill(Histogram histogram, int series, int step)
    {
        histogram.Clear();
        histogram.Schema = 3;
        histogram.ZeroThreshold = 1e-128;
        histogram.Positive.AddSpan(new HistogramSpan(-40, HistogramBuckets));
        for (int bucket = 0; bucket < HistogramBuckets; bucket++)
        {
            long pace = 1 + Math.Min(bucket, HistogramBuckets - bucket) + ((series + bucket) % 5);
            long count = (step * pace) + ((series * 31) + (step * 17) + bucket) % pace;
            histogram.Positive.AddCount(count);
            histogram.Count += (ulong)count;
        }

        histogram.Sum = histogram.Count * 0.07;
    }

    private void AddHost(int host)
    {
        int before = Count;
        for (int cpu = 0; cpu < 4; cpu++)
        {
            for (int mode = 0; mode < s_modes.Length; mode++)
            {
                Add(host, true, mode + 1, "node_cpu_seconds_total", "cpu", Text(cpu), "mode", s_modes[mode]);
            }
        }

        foreach (string name in s_memory)
        {
            Add(host, false, 1 << 20, $"node_memory_{name}_bytes");
        }

        foreach (string mount in (ReadOnlySpan<string>)["/", "/boot", "/data", "/var"])
        {
            foreach (string name in (ReadOnlySpan<string>)["size_bytes", "avail_bytes", "files"])
            {
                Add(host, false, 1 << 24, $"node_filesystem_{name}", "device", $"/dev/sda{mount.Length}", "fstype", mount == "/boot" ? "vfat" : "ext4", "mountpoint", mount);
            }
        }

        foreach (string device in (ReadOnlySpan<string>)["eth0", "eth1", "lo"])
        {
            Add(host, true, 12_345, "node_network_receive_bytes_total", "device", device);
            Add(host, true, 54_321, "node_network_transmit_bytes_total", "device", device);
        }

        foreach (string device in (ReadOnlySpan<string>)["sda", "sdb"])
        {
            Add(host, true, 11, "node_disk_io_time_seconds_total", "device", device);
            Add(host, true, 4096, "node_disk_read_bytes_total", "device", device);
            Add(host, true, 8192, "node_disk_written_bytes_total", "device", device);
        }

        foreach (string load in (ReadOnlySpan<string>)["node_load1", "node_load5", "node_load15", "node_time_seconds", "node_boot_time_seconds", "up"])
        {
            Add(host, false, 0.001, load);
        }

        Add(host, false, 0.001, "node_uname_info", "nodename", $"host-{host:0000}", "release", $"6.1.{host % 5}");
        foreach (string handler in (ReadOnlySpan<string>)["/", "/api"])
        {
            for (int bound = 0; bound < s_bounds.Length; bound++)
            {
                Add(host, true, bound + 1, "http_request_duration_seconds_bucket", "handler", handler, "le", s_bounds[bound]);
            }

            Add(host, true, 0.7, "http_request_duration_seconds_sum", "handler", handler);
            Add(host, true, s_bounds.Length, "http_request_duration_seconds_count", "handler", handler);
        }

        for (int code = 0; Count - before < SeriesPerHost - HistogramsPerHost; code++)
        {
            Add(host, true, 2, "http_requests_total", "code", Text(200 + (code * 100)), "handler", "/api");
        }

        foreach (string handler in (ReadOnlySpan<string>)["/", "/api"])
        {
            Add(host, true, 0, "http_request_native_seconds", "handler", handler);
        }
    }

    private void Add(int host, bool isCounter, double pace, string name, params ReadOnlySpan<string> namesAndValues)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal)
        {
            ["__name__"] = name,
            ["instance"] = $"host-{host:0000}.example.com:9100",
            ["job"] = "node",
            ["zone"] = $"zone-{host % 3}",
        };
        for (int index = 0; index < namesAndValues.Length; index += 2)
        {
            labels.Add(namesAndValues[index], namesAndValues[index + 1]);
        }

        ByteBuffer block = new();
        foreach ((string label, string value) in labels)
        {
            WriteRequestV1Writer.AppendLabel(block, Encoding.UTF8.GetBytes(label), Encoding.UTF8.GetBytes(value));
        }

        _labels.Add(block.Written.ToArray());
        _isCounter.Add(isCounter);
        _paces.Add(pace);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
