using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// The explore page of a server with a script of the test's own beside its own, and with the npm packages which that imports: what
/// a browser finds at <see cref="Address"/>. All else that the page asks for is asked of the server.
/// </summary>
public sealed class EditorPage : IDisposable
{
    /// <summary>Where it is.</summary>
    public const string PagePath = "/explore";

    private const string PackagesPath = "/packages/";
    private const string ScriptPath = "/script.mjs";

    private readonly HttpClient _server;
    private readonly string _folder;
    private readonly string _script;
    private readonly LoopbackHttpServer _site;

    /// <param name="server">What the server is asked with.</param>
    /// <param name="folder">Where the packages are installed.</param>
    /// <param name="script">The script, a module, in that folder.</param>
    public EditorPage(HttpClient server, string folder, string script)
    {
        _server = server;
        _folder = folder;
        _script = script;
        _site = new LoopbackHttpServer(AnswerAsync, answersAtOnce: true);
    }

    public string Address => _site.Address;

    public void Dispose() => _site.Dispose();

    private async Task AnswerAsync(HttpListenerContext context)
    {
        string path = context.Request.Url!.AbsolutePath;
        if (path == PagePath)
        {
            string page = await _server.GetStringAsync(PagePath);
            string scripts = $"""<script type="importmap">{ImportMap()}</script><script type="module" src="{ScriptPath}"></script></head>""";
            Assert.Contains("</head>", page, StringComparison.Ordinal);
            await SendAsync(context, "text/html", Encoding.UTF8.GetBytes(page.Replace("</head>", scripts, StringComparison.Ordinal)));
        }
        else if (path == ScriptPath)
        {
            await SendAsync(context, "text/javascript", await File.ReadAllBytesAsync(Path.Combine(_folder, _script)));
        }
        else if (path.StartsWith(PackagesPath, StringComparison.Ordinal))
        {
            await SendModuleAsync(context, path[PackagesPath.Length..]);
        }
        else
        {
            await ForwardAsync(context);
        }
    }

    /// <summary>Where in the packages each name leads that a module may import.</summary>
    private string ImportMap()
    {
        JsonObject imports = [];
        string packages = Path.Combine(_folder, "node_modules");
        foreach (string file in Directory.GetFiles(packages, "package.json", SearchOption.AllDirectories))
        {
            string place = Path.GetDirectoryName(Path.GetRelativePath(packages, file))!;
            using JsonDocument package = JsonDocument.Parse(File.ReadAllBytes(file));
            if (package.RootElement.TryGetProperty("name", out JsonElement name) && name.GetString() == place
                && (package.RootElement.TryGetProperty("module", out JsonElement entry) || package.RootElement.TryGetProperty("main", out entry)))
            {
                imports[place] = $"{PackagesPath}{place}/{entry.GetString()}";
            }
        }

        return new JsonObject { ["imports"] = imports }.ToJsonString();
    }

    /// <summary>
    /// Modules of packages name each other as Node finds them, without an ending or by their folder: the browser is sent to the file, for
    /// what that names in turn is beside it.
    /// </summary>
    private async Task SendModuleAsync(HttpListenerContext context, string place)
    {
        string path = Path.Combine(_folder, "node_modules", place);
        if (File.Exists(path))
        {
            await SendAsync(context, "text/javascript", await File.ReadAllBytesAsync(path));
            return;
        }

        context.Response.Redirect($"{PackagesPath}{place}{(File.Exists(path + ".js") ? ".js" : "/index.js")}");
        context.Response.Close();
    }

    private async Task ForwardAsync(HttpListenerContext context)
    {
        using HttpRequestMessage request = new(new HttpMethod(context.Request.HttpMethod), context.Request.Url!.PathAndQuery);
        if (context.Request.HasEntityBody)
        {
            request.Content = new StreamContent(context.Request.InputStream);
            request.Content.Headers.Add("Content-Type", context.Request.ContentType);
        }

        using HttpResponseMessage answer = await _server.SendAsync(request);
        context.Response.StatusCode = (int)answer.StatusCode;
        await SendAsync(
            context, answer.Content.Headers.ContentType?.ToString() ?? "text/plain", await answer.Content.ReadAsByteArrayAsync());
    }

    private static async Task SendAsync(HttpListenerContext context, string type, byte[] body)
    {
        context.Response.ContentType = type;
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }
}
