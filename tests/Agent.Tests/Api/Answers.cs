using Microsoft.AspNetCore.Http;

namespace AmpEdge.Agent.Tests.Api;

/// <summary>Asks endpoints and pages without a listener.</summary>
internal static class Answers
{
    /// <summary>Status and body of a GET with the given query.</summary>
    public static async Task<(int Status, string Body)> OfAsync(RequestDelegate handler, string query = "")
    {
        DefaultHttpContext context = new();
        context.Request.Method = "GET";
        context.Request.QueryString = new QueryString(query);
        using MemoryStream body = new();
        context.Response.Body = body;
        await handler(context);
        return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
