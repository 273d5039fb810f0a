using System.Globalization;
using System.Net;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// A remote_write receiver that keeps every sample in the order of arrival, and can be away: while it is down
/// connections are refused.
/// </summary>
public sealed class RecordingReceiver : IDisposable
{
    /// <summary>As an answer: none comes before the sender gives up, and the request is not taken.</summary>
    public const HttpStatusCode Stall = (HttpStatusCode)1;

    /// <summary>As an answer: the request is taken, but no answer comes before the sender gives up.</summary>
    public const HttpStatusCode TakenButStall = (HttpStatusCode)2;

    private static readonly TimeSpan s_stall = TimeSpan.FromMilliseconds(1500);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Sample>> _arrivals = new(StringComparer.Ordinal);
    private readonly List<RecordedWrite> _writes = [];
    private LoopbackHttpServer? _server;
    private int _requests;

    /// <summary>What to answer to the request of a number without taking it; null takes it.</summary>
    public Func<int, HttpStatusCode?> Misbehave { get; set; } = static _ => null;

    /// <summary>
    /// As AMP does, take nothing of a request in which a sample is not newer than what is there of its series, unless it is
    /// the same sample again.
    /// </summary>
    public bool RefusesOutOfOrder { get; init; }

    /// <summary>The samples of requests of one sample that were refused for their order.</summary>
    public int RefusedAlone { get; private set; }

    public int Port { get; } = Ports.Free();

    public string WriteUrl => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/api/v1/write");

    /// <summary>Takes writes from now on.</summary>
    public void Start() => _server = new LoopbackHttpServer(HandleAsync, Port, answersAtOnce: true);

    /// <summary>The samples of the series whose labels contain all the given <c>name="value"</c> texts, as they came.</summary>
    public List<Sample> ArrivalsOf(params ReadOnlySpan<string> labelTexts)
    {
        lock (_lock)
        {
            foreach ((string labels, List<Sample> samples) in _arrivals)
            {
                bool matches = true;
                foreach (string text in labelTexts)
                {
                    matches &= labels.Contains(text, StringComparison.Ordinal);
                }

                if (matches)
                {
                    return [.. samples];
                }
            }

            return [];
        }
    }

    /// <summary>Everything that came, by labels as they were sent.</summary>
    public Dictionary<string, List<Sample>> Arrivals()
    {
        lock (_lock)
        {
            Dictionary<string, List<Sample>> copy = new(StringComparer.Ordinal);
            foreach ((string labels, List<Sample> samples) in _arrivals)
            {
                copy.Add(labels, [.. samples]);
            }

            return copy;
        }
    }

    /// <summary>The requests that were taken, in order.</summary>
    public List<RecordedWrite> Writes()
    {
        lock (_lock)
        {
            return [.. _writes];
        }
    }

    /// <summary>Refuses connections until the next start.</summary>
    public void Stop()
    {
        _server?.Dispose();
        _server = null;
    }

    public void Dispose() => Stop();

    /// <summary>A sender that is killed in the middle of its request never made it.</summary>
    private async Task HandleAsync(HttpListenerContext context)
    {
        using MemoryStream body = new();
        await context.Request.InputStream.CopyToAsync(body);
        await AnswerAsync(context, body.ToArray());
    }

    private async Task AnswerAsync(HttpListenerContext context, byte[] body)
    {
        HttpStatusCode? answer;
        lock (_lock)
        {
            answer = Misbehave(_requests++);
        }

        string life = context.Request.Headers[RecordedWrite.LifeHeader] ?? "";
        string refusal = answer is null or TakenButStall ? Record(body, life, isAnswered: answer is null) : "";
        if (answer is Stall or TakenButStall)
        {
            await Task.Delay(s_stall, TimeProvider.System);
            answer = HttpStatusCode.GatewayTimeout;
        }

        context.Response.StatusCode = answer is { } status ? (int)status : refusal.Length == 0 ? 204 : 400;
        context.Response.Close(Encoding.UTF8.GetBytes(refusal), willBlock: true);
    }

    /// <summary>Takes a request; returns why not, or nothing.</summary>
    private string Record(byte[] body, string life, bool isAnswered)
    {
        if (!Snappy.TryGetDecodedLength(body, out int length))
        {
            return "no Snappy block";
        }

        byte[] message = new byte[length];
        if (!Snappy.TryDecode(body, message, out _))
        {
            return "the Snappy block does not decode";
        }

        List<(string Series, Sample Sample)> samples = [];
        WriteRequestV1Reader reader = new(message);
        for (WriteRequestItem item = reader.Next(); item != WriteRequestItem.End; item = reader.Next())
        {
            if (item == WriteRequestItem.Malformed)
            {
                return "the message is malformed";
            }

            if (item == WriteRequestItem.TimeSeries)
            {
                Read(reader.TimeSeries, samples);
            }
        }

        lock (_lock)
        {
            return Keep(samples, life, isAnswered);
        }
    }

    private static void Read(TimeSeriesV1 series, List<(string Series, Sample Sample)> samples)
    {
        StringBuilder labels = new();
        foreach (LabelPairsV1 label in series.Labels)
        {
            labels.Append(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(label.Name)}=\"{Encoding.UTF8.GetString(label.Value)}\",");
        }

        string key = labels.ToString();
        foreach (SamplesV1 sample in series.Samples)
        {
            samples.Add((key, new Sample(sample.TimestampMs, sample.Value)));
        }
    }

    private string Keep(List<(string Series, Sample Sample)> samples, string life, bool isAnswered)
    {
        if (RefusesOutOfOrder && HasOutOfOrder(samples))
        {
            RefusedAlone += samples.Count == 1 ? 1 : 0;
            return "out of order sample";
        }

        foreach ((string series, Sample sample) in samples)
        {
            if (!_arrivals.TryGetValue(series, out List<Sample>? known))
            {
                _arrivals.Add(series, known = []);
            }

            known.Add(sample);
        }

        _writes.Add(new RecordedWrite(life, isAnswered, samples));
        return "";
    }

    private bool HasOutOfOrder(List<(string Series, Sample Sample)> samples)
    {
        Dictionary<string, long> newestMs = new(StringComparer.Ordinal);
        foreach ((string series, Sample sample) in samples)
        {
            _arrivals.TryGetValue(series, out List<Sample>? known);
            long lastMs = newestMs.GetValueOrDefault(series, known is null ? long.MinValue : known[^1].TimestampMs);
            if (sample.TimestampMs <= lastMs && known?.Contains(sample) != true)
            {
                return true;
            }

            newestMs[series] = Math.Max(lastMs, sample.TimestampMs);
        }

        return false;
    }
}
