namespace AmpEdge.Benchmarks.Ingest;

/// <summary>
/// Sends the steps to a server as fast as it answers. Every connection has its own requests of each step, so that the samples
/// of a series stay in order.
/// </summary>
internal sealed class IngestLoad(EncodedSteps steps, HttpClient http, int connections)
{
    private readonly List<byte[]> _unanswered = [];
    private readonly Lock _unansweredLock = new();
    private long _acknowledged;
    private volatile bool _mayFail;

    /// <summary>Samples of requests that were answered with success.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Sends steps until the last or until the server is gone, if it may be.</summary>
    /// <exception cref="HttpRequestException">The server did not take a request.</exception>
    public Task SendAsync(int firstStep, int endStep)
    {
        Task[] senders = new Task[connections];
        for (int connection = 0; connection < connections; connection++)
        {
            int own = connection;
            senders[connection] = Task.Run(() => SendOwnAsync(own, firstStep, endStep));
        }

        return Task.WhenAll(senders);
    }

    /// <summary>From now on a request that fails ends its sender and is kept.</summary>
    public void ExpectKill() => _mayFail = true;

    /// <summary>
    /// Sends again what got no answer: whether it was stored or not, it is now, and what is there can be counted exactly.
    /// </summary>
    public async Task SendUnansweredAsync()
    {
        foreach (byte[] body in _unanswered)
        {
            await PostAsync(body);
        }
    }

    /// <summary>Samples of the requests that got no answer.</summary>
    public long Unanswered { get; private set; }

    private async Task SendOwnAsync(int connection, int firstStep, int endStep)
    {
        for (int step = firstStep; step < endStep; step++)
        {
            for (int request = connection; request < steps[step].Length; request += connections)
            {
                byte[] body = steps[step][request];
                try
                {
                    await PostAsync(body);
                    Interlocked.Add(ref _acknowledged, steps.SamplesOf(request));
                }
                catch (HttpRequestException) when (_mayFail)
                {
                    lock (_unansweredLock)
                    {
                        _unanswered.Add(body);
                        Unanswered += steps.SamplesOf(request);
                    }

                    return;
                }
            }
        }
    }

    private async Task PostAsync(byte[] body)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, BenchmarkedServer.WritePath) { Content = new ByteArrayContent(body) };
        request.Content.Headers.Add("Content-Encoding", "snappy");
        request.Content.Headers.Add("Content-Type", "application/x-protobuf");
        request.Headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
        using HttpResponseMessage answer = await http.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}", inner: null, answer.StatusCode);
        }
    }
}
