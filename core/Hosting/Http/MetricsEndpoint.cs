using AmpEdge.Prometheus;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Hosting;

/// <summary>Answers <c>/metrics</c> as OpenMetrics when the scraper prefers that, else as text 0.0.4.</summary>
public sealed class MetricsEndpoint(MetricRegistry registry)
{
    private const int FirstPageBytes = 32 * 1024;
    private const string TextType = "text/plain; version=0.0.4; charset=utf-8";
    private const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    public async Task AnswerAsync(HttpContext context)
    {
        MetricsFormat format = ChooseFormat(context.Request.Headers.Accept.ToString());
        context.Response.Headers.Vary = "Accept";
        // Not straight into the body's writer: Kestrel's gives no room at the end of a page before the answer has begun.
        ByteBuffer page = new(FirstPageBytes);
        registry.WriteTo(page, format);
        await context.WriteAsync(
            StatusCodes.Status200OK, format == MetricsFormat.OpenMetrics ? OpenMetricsType : TextType, page.WrittenMemory);
    }

    /// <summary>The acceptable type with the highest quality; the first of equals; text when none is known.</summary>
    internal static MetricsFormat ChooseFormat(string accept)
    {
        MetricsFormat chosen = MetricsFormat.Text;
        double best = 0;
        foreach (AcceptedType type in AcceptedType.ParseAll(accept))
        {
            MetricsFormat? offered = type.MediaType switch
            {
                "application/openmetrics-text" when type.Version is "" or "1.0.0" or "0.0.1" => MetricsFormat.OpenMetrics,
                "text/plain" or "text/*" or "*/*" => MetricsFormat.Text,
                _ => null,
            };
            if (offered is { } format && type.Quality > best)
            {
                (chosen, best) = (format, type.Quality);
            }
        }

        return chosen;
    }
}
