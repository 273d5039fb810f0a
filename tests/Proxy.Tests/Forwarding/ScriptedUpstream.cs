using System.Collections.Concurrent;
using AmpEdge.Hosting;
using AmpEdge.SigV4;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>A server that verifies and records what arrives and answers as the test says.</summary>
internal sealed class ScriptedUpstream : IAsyncDisposable, IVerificationKeys
{
    public static readonly AwsCredentials Credentials = new("AKIDEXAMPLE", "secret", "session-token");

    private readonly VerificationKey _key = new(Credentials);
    private readonly HttpServer _server;

    public ScriptedUpstream()
    {
        RouteTable routes = new();
        routes.Map("*", "/{*path}", AnswerAsync);
        _server = new HttpServer(
            "upstream",
            new HttpServerOptions { ListenAddress = "127.0.0.1:0" },
            routes,
            new MetricRegistry(),
            NullLoggerFactory.Instance,
            TimeProvider.System);
    }

    /// <summary>What to answer; by default 200 and the text <c>ok</c>.</summary>
    public RequestDelegate Answer { get; set; } = context => context.WriteTextAsync(200, "ok");

    /// <summary>The requests in the order of their arrival.</summary>
    public ConcurrentQueue<UpstreamRequest> Requests { get; } = [];

    public int Port => _server.Port;

    public Task StartAsync() => _server.StartAsync(CancellationToken.None);

    /// <summary>The one request that came.</summary>
    public UpstreamRequest Single() =>
        Requests.Count == 1 && Requests.TryPeek(out UpstreamRequest? request)
            ? request
            : throw new InvalidOperationException($"the upstream got {Requests.Count} requests");

    public VerificationKey? Find(ReadOnlySpan<char> accessKeyId) =>
        accessKeyId.SequenceEqual(Credentials.AccessKeyId) ? _key : null;

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        List<HeaderField> headers = [];
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in context.Request.Headers)
        {
            foreach (string? value in values)
            {
                headers.Add(new HeaderField(name, value ?? ""));
            }
        }

        RequestTarget target = context.RawTarget();
        string raw = target.RawPath + target.RawQuery;
        Requests.Enqueue(new UpstreamRequest(
            context.Request.Method, raw, headers, body.ToArray(), Verify(context.Request.Method, raw, headers, body)));
        await Answer(context);
    }

    private VerificationResult Verify(string method, string target, List<HeaderField> headers, MemoryStream body)
    {
        VerifierOptions options = new() { Service = "aps", Regions = ["us-east-1"], AllowUnsignedPayload = true };
        return new SigV4Verifier(options, this, TimeProvider.System).Verify(
            RequestParts.FromTarget(method, target, headers.ToArray()), body.ToArray());
    }
}
