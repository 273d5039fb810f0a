using System.Net;
using System.Text;
using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Pages;

/// <summary>The page at <c>/</c>: what this is and where to go. Names no workspace, since it asks for no signature.</summary>
internal sealed class HomePage(RouteTable routes, string version, bool signed)
{
    public Task AnswerAsync(HttpContext context)
    {
        StringBuilder html = new();
        html.Append(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>AmpEdge server</title>
            <link rel="stylesheet" href="/pages/pages.css">
            </head>
            <body>
            <h1>AmpEdge server
            """);
        html.Append(' ').Append(WebUtility.HtmlEncode(version)).Append("</h1><p>");
        html.Append(signed
            ? "Requests to workspaces are signed with AWS Signature Version 4, service <code>aps</code>."
            : "Started with <code>--auth=none</code>: nobody has to sign.");
        html.Append(" <a href=\"/explore\">Explore</a> runs queries and draws what they find.</p><table><thead><tr><th>Methods</th><th>Path</th></tr></thead><tbody>");
        foreach (Route route in routes.Routes)
        {
            if (string.Join(',', route.Methods) is not ("OPTIONS" or "*") and var methods)
            {
                html.Append("<tr><td>").Append(methods).Append("</td><td>").Append(Link(route.Pattern)).Append("</td></tr>");
            }
        }

        html.Append("</tbody></table></body></html>");
        Page.Restrict(context);
        return context.WriteAsync(StatusCodes.Status200OK, "text/html; charset=utf-8", html.ToString());
    }

    private static string Link(string pattern)
    {
        string shown = WebUtility.HtmlEncode(pattern);
        return pattern.Contains('{', StringComparison.Ordinal) || pattern.StartsWith("/api/", StringComparison.Ordinal)
            ? $"<code>{shown}</code>"
            : $"<a href=\"{shown}\">{shown}</a>";
    }
}
