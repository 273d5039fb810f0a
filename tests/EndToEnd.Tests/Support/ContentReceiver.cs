using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>A remote_write receiver of one version that keeps all that requests say: histograms, exemplars, metadata.</summary>
public sealed class ContentReceiver : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<WriteRequestContent> _requests = [];
    private readonly WriteProtocol _protocol;
    private readonly ScriptedHttpServer _server;

    public ContentReceiver(WriteProtocol protocol)
    {
        _protocol = protocol;
        _server = new ScriptedHttpServer(request => Task.FromResult(Take(request)));
    }

    public string WriteUrl => $"{_server.Url.OriginalString}/api/v1/write";

    /// <summary>What requests of another version were refused with, each asks for one of this version.</summary>
    public int RefusedVersions { get; private set; }

    /// <summary>All requests so far, in order.</summary>
    public List<WriteRequestContent> Requests()
    {
        lock (_lock)
        {
            return [.. _requests];
        }
    }

    /// <summary>The samples of the series whose labels contain all the given <c>name=value</c> texts, as they came.</summary>
    public List<Sample> ArrivalsOf(params ReadOnlySpan<string> labelTexts)
    {
        List<Sample> arrivals = [];
        foreach (WriteRequestContent request in Requests())
        {
            foreach (ReceivedSample sample in request.Samples)
            {
                bool matches = true;
                foreach (string text in labelTexts)
                {
                    matches &= sample.Series.Contains(text, StringComparison.Ordinal);
                }

                if (matches)
                {
                    arrivals.Add(new Sample(sample.TimestampMs, sample.Value));
                }
            }
        }

        return arrivals;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private ScriptedResponse Take(ScriptedRequest request)
    {
        if (request.Headers["Content-Type"] != WriteHeaders.ContentTypeOf(_protocol))
        {
            RefusedVersions++;
            return Answer(415, []);
        }

        if (!Snappy.TryGetDecodedLength(request.Body, out int length))
        {
            return Answer(400, []);
        }

        byte[] message = new byte[length];
        if (!Snappy.TryDecode(request.Body, message, out _))
        {
            return Answer(400, []);
        }

        WriteRequestContent content = _protocol == WriteProtocol.V2
            ? WriteRequestContent.ReadV2(message)
            : WriteRequestContent.ReadV1(message);
        lock (_lock)
        {
            _requests.Add(content);
        }

        return Answer(204, _protocol == WriteProtocol.V1 ? [] : new()
        {
            [WriteHeaders.SamplesWritten] = $"{content.Samples.Count}",
            [WriteHeaders.HistogramsWritten] = $"{content.Histograms.Count}",
            [WriteHeaders.ExemplarsWritten] = $"{content.Exemplars.Count}",
        });
    }

    private static ScriptedResponse Answer(int status, Dictionary<string, string> headers) => new(status, headers, []);
}
