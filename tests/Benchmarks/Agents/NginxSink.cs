using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Benchmarks.Agents;

/// <summary>The destination: takes every request and keeps its body, to be counted afterwards.</summary>
internal sealed class NginxSink : IDisposable
{
    private readonly string _folder;
    private readonly int _port;
    private readonly TimeProvider _time;
    private Nginx? _nginx;

    private NginxSink(string folder, int port, TimeProvider time)
    {
        _folder = folder;
        _port = port;
        _time = time;
    }

    public string WriteUrl => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/api/v1/write");

    public static async Task<NginxSink> StartAsync(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        NginxSink sink = new(folder, Nginx.FreePort(), time);
        await sink.BringBackAsync();
        return sink;
    }

    public void TakeAway()
    {
        _nginx?.Dispose();
        _nginx = null;
    }

    public async Task BringBackAsync() => _nginx = await Nginx.StartAsync(
        _folder,
        _port,
        $$"""
          access_log off;
          server {
            listen 127.0.0.1:{{_port}};
            location / {
              client_body_in_file_only on; proxy_pass_request_body off; proxy_set_header Content-Length "";
              proxy_pass http://unix:{{_folder}}/taken.socket;
            }
          }
          server { listen unix:{{_folder}}/taken.socket; location / { return 204; } }
        """,
        _time);

    /// <summary>Reads all bodies; the samples of series whose names begin with the prefix are told apart.</summary>
    public DeliveredSamples Count(string namePrefix)
    {
        byte[] prefix = Encoding.UTF8.GetBytes(namePrefix);
        HashSet<(ulong Series, long TimestampMs)> seen = [];
        DeliveredSamples counted = new();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(_folder, "bodies"), "*", SearchOption.AllDirectories))
        {
            byte[] body = File.ReadAllBytes(file);
            counted.Bytes += body.Length;
            if (!Snappy.TryGetDecodedLength(body, out int length))
            {
                throw new InvalidDataException($"a body of {body.Length} bytes is no remote write 1.0");
            }

            byte[] message = new byte[length];
            if (!Snappy.TryDecode(body, message, out _))
            {
                throw new InvalidDataException($"a body of {body.Length} bytes is no Snappy block");
            }

            Count(message, prefix, seen, counted);
        }

        counted.Distinct = seen.Count;
        return counted;
    }

    public void Dispose() => TakeAway();

    private static void Count(
        byte[] message, byte[] prefix, HashSet<(ulong Series, long TimestampMs)> seen, DeliveredSamples counted)
    {
        WriteRequestV1Reader reader = new(message);
        while (true)
        {
            WriteRequestItem item = reader.Next();
            if (item == WriteRequestItem.End)
            {
                return;
            }

            if (item == WriteRequestItem.Malformed)
            {
                throw new InvalidDataException($"a body is malformed at byte {reader.ErrorOffset}");
            }

            if (item != WriteRequestItem.TimeSeries)
            {
                continue;
            }

            bool isPage = IsNamed(reader.TimeSeries, prefix);
            ulong series = XxHash64.Hash(reader.TimeSeries.RawLabels);
            foreach (SamplesV1 sample in reader.TimeSeries.Samples)
            {
                counted.AllSamples++;
                if (isPage && !StaleMarker.IsStale(sample.Value) && !seen.Add((series, sample.TimestampMs)))
                {
                    counted.Repeated++;
                }
            }
        }
    }

    private static bool IsNamed(TimeSeriesV1 series, byte[] prefix)
    {
        foreach (LabelPairsV1 label in series.Labels)
        {
            if (label.Name.SequenceEqual("__name__"u8))
            {
                return label.Value.StartsWith(prefix);
            }
        }

        return false;
    }
}
