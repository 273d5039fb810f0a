using System.Reflection;
using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Pages;

/// <summary>A file of a page, read once out of the program and served as it is.</summary>
internal sealed class Page
{
    private readonly byte[] _content;
    private readonly string _contentType;

    public Page(string fileName)
    {
        _contentType = Path.GetExtension(fileName) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            var unknown => throw new ArgumentException($"no content type for {unknown}", nameof(fileName)),
        };
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(fileName)
            ?? throw new ArgumentException($"{fileName} is not in the program", nameof(fileName));
        _content = new byte[stream.Length];
        stream.ReadExactly(_content);
    }

    public Task AnswerAsync(HttpContext context)
    {
        Restrict(context);
        return context.WriteAsync(StatusCodes.Status200OK, _contentType, _content);
    }

    /// <summary>Nothing but our own files runs in our pages, and nobody frames them.</summary>
    public static void Restrict(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
    }
}
