using AmpEdge.SigV4;
using AmpEdge.Tests.Support;

namespace AmpEdge.Core.Tests.SigV4;

/// <summary>A request with awkward but valid path, query and headers, as it may stand on the wire.</summary>
internal sealed record RandomRequest(
    string Method, string Path, string Query, IReadOnlyList<HeaderField> Headers, byte[] Body)
{
    public const string Host = "aps-workspaces.eu-central-1.amazonaws.com";

    private const string PathAlphabet = "abzAZ09-._~!$'()*+,;:@=";
    private const string QueryAlphabet = "abzAZ09-._~";

    public string Target => Query.Length == 0 ? Path : $"{Path}?{Query}";

    public static RandomRequest Create(Gen gen)
    {
        string path = "";
        for (int count = gen.Int(1, 5); count > 0; count--)
        {
            path += "/" + gen.Int(8) switch
            {
                0 => "",
                1 => ".",
                2 => "..",
                _ => Encoded(gen, PathAlphabet, 6),
            };
        }

        List<string> parameters = [];
        for (int count = gen.Int(5); count > 0; count--)
        {
            string name = gen.Pick("match%5B%5D", "query", "a", "A", "a-b", "start") + Encoded(gen, QueryAlphabet, 2);
            parameters.Add(gen.OneIn(6) ? name : $"{name}={Encoded(gen, QueryAlphabet, 8)}");
        }

        List<HeaderField> headers = [new("Host", Host)];
        for (int index = gen.Int(4); index > 0; index--)
        {
            string value = "v" + gen.Text("ab  \t;=\",:", 12) + "v";
            headers.Add(new HeaderField(gen.Pick("x-Custom", "Content-Type", "X-Amz-Meta", "x_under") + index, value));
        }

        return new RandomRequest(
            gen.Pick("GET", "POST", "PUT"), path, string.Join('&', parameters), headers, gen.Bytes(gen.Int(200)));
    }

    public RequestParts Parts(ReadOnlySpan<HeaderField> headers) => new(Method, Path, Query, headers);

    private static string Encoded(Gen gen, string alphabet, int maxLength)
    {
        string text = "";
        for (int count = gen.Int(maxLength + 1); count > 0; count--)
        {
            text += gen.OneIn(4) ? gen.Pick("%20", "%2F", "%E1%88%B4", "%2B", "%25", "%3D") : gen.Text(alphabet, 2);
        }

        return text;
    }
}
