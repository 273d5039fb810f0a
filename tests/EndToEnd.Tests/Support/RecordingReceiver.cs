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
    private HttpListener? _listener;
    private Task _loop = Task.CompletedTask;
    private int _requests;

    /// <summary>What to answer to the request of a number without taking it; null takes it.</summary>
    public Func<int, HttpStatusCode?> Misbehave { get; set; } = static _ => null;

    public int Port { get; } = Ports.Free();

    public string WriteUrl => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/api/v1/write");

    /// <summary>Takes writes from now on.</summary>
    public void Start()
    {
        _listener = new HttpListener();
        _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/"));
        _listener.Start();
        _loop = Task.Run(() => ServeAsync(_listener));
    }

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

    public void Dispose()
    {
        _listener?.Stop();
        _loop.Wait(TimeSpan.FromSeconds(5));
        _listener?.Close();
    }

    private async Task ServeAsync(HttpListener listener)
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            try
            {
                using MemoryStream body = new();
                await context.Request.InputStream.CopyToAsync(body);
                await AnswerAsync(context, body.ToArray());
            }
            catch (Exception gone) when (gone is HttpListenerException or IOException)
            {
                // The sender was killed in the middle: that request never was.
                context.Response.Abort();
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context, byte[] body)
    {
        HttpStatusCode? answer = Misbehave(_requests++);
        bool taken = (answer is null or TakenButStall) && Record(body);
        if (answer is Stall or TakenButStall)
        {
            await Task.Delay(s_stall, TimeProvider.System);
            answer = HttpStatusCode.GatewayTimeout;
        }

        context.Response.StatusCode = answer is { } status ? (int)status : taken ? 204 : 400;
        context.Response.Close();
    }

    private bool Record(byte[] body)
    {
        if (!Snappy.TryGetDecodedLength(body, out int length))
        {
            return false;
        }

        byte[] message = new byte[length];
        if (!Snappy.TryDecode(body, message, out _))
        {
            return false;
        }

        lock (_lock)
        {
            WriteRequestV1Reader reader = new(message);
            while (true)
            {
                switch (reader.Next())
                {
                    case WriteRequestItem.TimeSeries:
                        Record(reader.TimeSeries);
                        break;
                    case WriteRequestItem.Metadata:
                        break;
                    case WriteRequestItem.End:
                        return true;
                    default:
                        return false;
                }
            }
        }
    }

    private void Record(TimeSeriesV1 series)
    {
        StringBuilder labels = new();
        foreach (LabelPairsV1 label in series.Labels)
        {
            labels.Append(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(label.Name)}=\"{Encoding.UTF8.GetString(label.Value)}\",");
        }

        string key = labels.ToString();
        if (!_arrivals.TryGetValue(key, out List<Sample>? samples))
        {
            _arrivals.Add(key, samples = []);
        }

        foreach (SamplesV1 sample in series.Samples)
        {
            samples.Add(new Sample(sample.TimestampMs, sample.Value));
        }
    }
}
