namespace AmpEdge.Hosting;

/// <summary>Adds the configured headers to each request.</summary>
internal sealed class AddedHeadersHandler(IReadOnlyList<HttpHeaderConfig> headers, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!RequestOrigin.IsForeign(request))
        {
            foreach (HttpHeaderConfig header in headers)
            {
                request.Headers.Remove(header.Name);
                request.Headers.TryAddWithoutValidation(header.Name, Values(header));
            }
        }

        return base.SendAsync(request, cancellationToken);
    }

    private static List<string> Values(HttpHeaderConfig header)
    {
        List<string> values = [.. header.Values];
        foreach (Secret secret in header.Secrets)
        {
            values.Add(secret.Reveal());
        }

        foreach (string file in header.Files)
        {
            values.Add(CredentialFile.Read(file, $"value of header {header.Name}"));
        }

        return values;
    }
}
