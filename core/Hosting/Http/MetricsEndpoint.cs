using AmpEdge.Prometheus;

namespace AmpEdge.Hosting;

/// <summary>Answers <c>/metrics</c> as OpenMetrics when the scraper prefers that, else as text 0.0.4.</summary>
public sealed class MetricsEndpoint(MetricRegistry registry)
{
    private const int FirstPageBytes = 32 * 1024;

    public async Task AnswerAsync(HttpExchange exchange)
    {
        ExpositionFormat format = ChooseFormat(exchange.Header("Accept"));
        exchange.SetHeader("Vary", "Accept");
        ByteBuffer page = new(FirstPageBytes);
        registry.WriteTo(page, format);
        await exchange.WriteAsync(200, ExpositionWriter.ContentTypeOf(format), page.WrittenMemory);
    }

    /// <summary>The acceptable type with the highest quality; the first of equals; text when none is known.</summary>
    internal static ExpositionFormat ChooseFormat(string accept)
    {
        ExpositionFormat chosen = ExpositionFormat.Text004;
        double best = 0;
        foreach (AcceptedType type in AcceptedType.ParseAll(accept))
        {
            ExpositionFormat? offered = type.MediaType switch
            {
                "application/openmetrics-text" when type.Version is "" or "1.0.0" or "0.0.1" => ExpositionFormat.OpenMetrics100,
                "text/plain" when type.Version == "1.0.0" => ExpositionFormat.Text100,
                "text/plain" or "text/*" or "*/*" => ExpositionFormat.Text004,
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
