using System.Text;
using System.Text.Json;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;

namespace AmpEdge.Core.Tests.SigV4;

/// <summary>One folder of the signing suite (FORMAT.md there), read as it stands.</summary>
internal sealed class SuiteCase
{
    private const string Root = "conformance/sigv4";

    private readonly string _folder;

    private SuiteCase(string folder)
    {
        _folder = folder;
        using JsonDocument context = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "context.json")));
        JsonElement root = context.RootElement;
        JsonElement keys = root.GetProperty("credentials");
        Credentials = new AwsCredentials(
            keys.GetProperty("access_key_id").GetString()!,
            keys.GetProperty("secret_access_key").GetString()!,
            keys.TryGetProperty("token", out JsonElement token) ? token.GetString() : null);
        Scope = new SigningScope(root.GetProperty("region").GetString()!, root.GetProperty("service").GetString()!);
        SignedAt = root.GetProperty("timestamp").GetDateTimeOffset();
        Lifetime = TimeSpan.FromSeconds(root.GetProperty("expiration_in_seconds").GetInt32());
        Normalize = root.GetProperty("normalize").GetBoolean();
        SignBody = root.GetProperty("sign_body").GetBoolean();
        OmitToken = root.TryGetProperty("omit_session_token", out JsonElement omit) && omit.GetBoolean();
        (Method, Target, Headers, Body) = ParseRequest(ReadText("request.txt"));
    }

    public AwsCredentials Credentials { get; }

    public SigningScope Scope { get; }

    public DateTimeOffset SignedAt { get; }

    public TimeSpan Lifetime { get; }

    public bool Normalize { get; }

    public bool SignBody { get; }

    public bool OmitToken { get; }

    public string Method { get; }

    public string Target { get; }

    /// <summary>Values with their blanks and folded lines as they are in the file.</summary>
    public IReadOnlyList<HeaderField> Headers { get; }

    public string Body { get; }

    public string Hash => PayloadHash.Of(Encoding.UTF8.GetBytes(Body));

    /// <summary>The names of all folders; <see cref="Oracle.NoCase"/> without the shared data.</summary>
    public static IEnumerable<string> Names()
    {
        if (!Oracle.Has(Root))
        {
            return [Oracle.NoCase];
        }

        List<string> names = [];
        foreach (string folder in Directory.GetDirectories(Oracle.Locate(Root)))
        {
            names.Add(Path.GetFileName(folder));
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public static SuiteCase Load(string name) => new(Oracle.Locate($"{Root}/{name}"));

    public string ReadText(string file) => File.ReadAllText(Path.Combine(_folder, file)).TrimEnd('\n');

    public bool Has(string file) => File.Exists(Path.Combine(_folder, file));

    /// <summary>Splits request line, headers (folded lines stay with theirs) and body.</summary>
    public static (string Method, string Target, IReadOnlyList<HeaderField> Headers, string Body) ParseRequest(
        string text)
    {
        int blank = text.IndexOf("\n\n", StringComparison.Ordinal);
        string head = blank < 0 ? text : text[..blank];
        string body = blank < 0 ? "" : text[(blank + 2)..];
        string[] lines = head.Split('\n');
        int afterMethod = lines[0].IndexOf(' ', StringComparison.Ordinal);
        int beforeVersion = lines[0].LastIndexOf(' ');
        List<HeaderField> headers = [];
        foreach (string line in lines[1..])
        {
            if (line.Length > 0 && line[0] is ' ' or '\t')
            {
                headers[^1] = headers[^1] with { Value = headers[^1].Value + "\n" + line };
                continue;
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(new HeaderField(line[..colon], line[(colon + 1)..]));
        }

        return (lines[0][..afterMethod], lines[0][(afterMethod + 1)..beforeVersion], headers, body);
    }

    public static string FormatRequest(
        string method, string target, IEnumerable<HeaderField> headers, string body)
    {
        StringBuilder text = new();
        text.Append(method).Append(' ').Append(target).Append(" HTTP/1.1\n");
        foreach (HeaderField field in headers)
        {
            text.Append(field.Name).Append(':').Append(field.Value).Append('\n');
        }

        return text.Append('\n').Append(body).ToString().TrimEnd('\n');
    }
}
