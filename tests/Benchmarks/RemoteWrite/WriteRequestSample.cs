using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Benchmarks.RemoteWrite;

/// <summary>Write requests with the labels of a node exporter's series behind four labels of the target.</summary>
internal static class WriteRequestSample
{
    private const long StartMs = 1_795_344_146_821;

    public static byte[][] LabelBlocks(int series)
    {
        byte[][] blocks = new byte[series][];
        ByteBuffer block = new();
        for (int index = 0; index < series; index++)
        {
            block.Clear();
            Append(block, "__name__", (index % 3) switch
            {
                0 => "node_cpu_seconds_total",
                1 => "node_filesystem_avail_bytes",
                _ => "node_network_receive_bytes_total",
            });
            Append(block, "cluster", "production-eu-west-1");
            Append(block, "cpu", (index / 8).ToString(CultureInfo.InvariantCulture));
            Append(block, "instance", "ip-10-0-17-211.eu-west-1.compute.internal:9100");
            Append(block, "job", "node");
            Append(block, "mode", (index % 8) switch { 0 => "idle", 1 => "iowait", 2 => "irq", 3 => "nice", 4 => "softirq", 5 => "steal", 6 => "system", _ => "user" });
            blocks[index] = block.Written.ToArray();
        }

        return blocks;
    }

    public static byte[] Message(int series, int samplesPerSeries)
    {
        ByteBuffer request = new();
        long[] times = new long[samplesPerSeries];
        double[] values = new double[samplesPerSeries];
        for (int index = 0; index < samplesPerSeries; index++)
        {
            times[index] = StartMs + index * 15_000L;
        }

        int number = 0;
        foreach (byte[] block in LabelBlocks(series))
        {
            for (int index = 0; index < samplesPerSeries; index++)
            {
                values[index] = ++number * 17.25;
            }

            WriteRequestV1Writer.AppendTimeSeries(request, block, times, values);
        }

        return request.Written.ToArray();
    }

    private static void Append(ByteBuffer block, string name, string value) =>
        WriteRequestV1Writer.AppendLabel(block, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
}
