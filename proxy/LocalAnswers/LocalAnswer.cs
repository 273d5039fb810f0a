using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.PromQL;
using AmpEdge.QueryApi;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.LocalAnswers;

/// <summary>
/// Answers what Grafana, KEDA, Kubecost and others ask a Prometheus and Amazon Managed Prometheus does not know, each
/// only when the configuration names it; everything else is forwarded as it is.
/// </summary>
internal sealed class LocalAnswer(LocalAnswersConfig config, TimeProvider time) : IRequestHandler
{
    private const string Application = "AmpEdge Proxy";

    // What is known of Amazon Managed Prometheus and what programs look for among a Prometheus's flags.
    private static readonly KeyValuePair<string, string>[] s_flags =
    [
        new("query.lookback-delta", "5m"),
        new("query.max-samples", "50000000"),
        new("query.timeout", "2m"),
        new("storage.tsdb.retention.time", "150d"),
        new("web.enable-admin-api", "false"),
        new("web.enable-lifecycle", "false"),
        new("web.enable-remote-write-receiver", "true"),
    ];

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    /// <summary>Whether a request is one of those that are answered here.</summary>
    public bool Takes(ForwardRequest request)
    {
        string method = request.Context.Request.Method;
        bool isGet = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        return ApiExchange.CallOf(request.Path) switch
        {
            "status/buildinfo" => config.BuildInfo && isGet,
            "status/config" => config.Config && isGet,
            "status/flags" => config.Flags && isGet,
            "status/runtimeinfo" => config.RuntimeInfo && isGet,
            "format_query" => config.FormatQuery && (isGet || HttpMethods.IsPost(method)),
            "parse_query" => config.ParseQuery && (isGet || HttpMethods.IsPost(method)),
            _ => isGet && TakesProbe(request.Path),
        };
    }

    public Task AnswerAsync(ForwardRequest request, PooledBody body)
    {
        if (request.Path.EndsWith("/-/healthy", StringComparison.Ordinal))
        {
            return request.Context.WriteTextAsync(StatusCodes.Status200OK, "Prometheus Server is Healthy.");
        }

        if (request.Path.EndsWith("/-/ready", StringComparison.Ordinal))
        {
            return AnswerReadyAsync(request);
        }

        return ApiExchange.RunAsync(request, body, (parameters, response) => AnswerAsync(request, parameters, response));
    }

    private Task<ApiError?> AnswerAsync(ForwardRequest request, RequestParameters parameters, ApiResponse response) =>
        ApiExchange.CallOf(request.Path) switch
        {
            "status/buildinfo" => SendBuildAsync(response),
            "status/config" => StatusAnswers.SendConfigAsync(response, "{}\n"),
            "status/flags" => StatusAnswers.SendFlagsAsync(response, s_flags),
            "status/runtimeinfo" => StatusAnswers.SendRuntimeAsync(response, Runtime()),
            "format_query" => ExpressionAnswers.SendFormattedAsync(response, parameters, ParserOptions.Everything),
            "parse_query" => ExpressionAnswers.SendParsedAsync(response, parameters, ParserOptions.Everything),
            _ => throw new InvalidOperationException($"{request.Path} is not answered here"),
        };

    /// <summary><c>status/buildinfo</c>, which a virtual workspace answers as well.</summary>
    public static Task<ApiError?> SendBuildAsync(ApiResponse response) =>
        StatusAnswers.SendBuildAsync(response, typeof(LocalAnswer).Assembly, Application);

    private bool TakesProbe(string path) =>
        (config.Healthy && path.EndsWith("/-/healthy", StringComparison.Ordinal))
        || (config.Ready && path.EndsWith("/-/ready", StringComparison.Ordinal));

    /// <summary>A route without credentials is not ready, and says why.</summary>
    private static Task AnswerReadyAsync(ForwardRequest request)
    {
        string? problem = request.Route.Virtual is null && request.Route.Credentials.Ask() is { Credentials: null } missing
            ? missing.Reason
            : null;
        return problem is null
            ? request.Context.WriteTextAsync(StatusCodes.Status200OK, "Prometheus Server is Ready.")
            : request.Context.WriteTextAsync(StatusCodes.Status503ServiceUnavailable, problem);
    }

    private RuntimeStatus Runtime() => new()
    {
        StartTime = _startedAt,
        Now = time.GetUtcNow(),
        LastReloadSuccessful = true,
        LastReload = _startedAt,
        Retention = "150d",
    };
}
