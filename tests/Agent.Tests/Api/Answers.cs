using AmpEdge.Hosting;

namespace AmpEdge.Agent.Tests.Api;

/// <summary>Asks endpoints and pages without a listener.</summary>
internal static class Answers
{
    /// <summary>Status and body of a GET with the given query.</summary>
    public static async Task<(int Status, string Body)> OfAsync(HttpHandler handler, string query = "")
    {
        RecordedExchange exchange = new("GET", "/" + query);
        await handler(exchange);
        return (exchange.StatusCode, exchange.Body);
    }
}
