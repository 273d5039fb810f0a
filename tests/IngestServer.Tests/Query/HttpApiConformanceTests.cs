using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using AmpEdge.IngestServer.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Query;

/// <summary>Requests to a real Prometheus with its answers, sent to this server.</summary>
public sealed class HttpApiConformanceTests(RecordedServers servers) : IClassFixture<RecordedServers>
{
    private const string CasesFile = "conformance/http_api/cases.json";

    /// <summary>
    /// Where AMP refuses what Prometheus takes silently; the issue asks for AMP's answer. In version 2.0 Prometheus counts
    /// as written what it drops at the commit, and answers a bad histogram with 500, which its record calls a fault.
    /// </summary>
    private static readonly Dictionary<string, string> s_ampDiffers = new()
    {
        ["write_no_name"] = "sample missing metric name",
        ["write_no_labels"] = "sample missing metric name",
        ["write_v2_partial"] = "out of order sample",
        ["write_v2_bad_histogram"] = "8 observations found in buckets, but the Count field is 99",
        ["write_duplicate_label"] = "duplicate label name: \"a\"",
    };

    /// <summary>
    /// Lists of what this server has none of: it scrapes nothing and has no rules. What is compared is the shape around them,
    /// and the errors.
    /// </summary>
    private static readonly string[] s_lists =
        ["/api/v1/targets", "/api/v1/targets/metadata", "/api/v1/rules", "/api/v1/alerts"];

    public static TheoryData<string> Ids()
    {
        TheoryData<string> ids = [];
        if (!Oracle.Has(CasesFile))
        {
            return [Oracle.NoCase];
        }

        foreach (ConformanceCase recorded in ConformanceCase.ReadAll(RecordedServers.CasesFile))
        {
            ids.Add(recorded.Id);
        }

        return ids;
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_recorded_request_gets_the_recorded_answer(string id)
    {
        Oracle.Locate(CasesFile);
        ConformanceCase recorded =
            ConformanceCase.ReadAll(RecordedServers.CasesFile).Find(one => one.Id == id)
            ?? throw new InvalidOperationException(id);
        TestServer server = recorded.Server == "ingest" ? servers.Empty : servers.Filled;
        if (recorded.Definition.TryGetProperty("before", out JsonElement before))
        {
            foreach (JsonElement earlier in before.EnumerateArray())
            {
                using HttpResponseMessage accepted = await SendAsync(server, recorded, earlier.GetProperty("body_b64").GetString());
                Assert.Equal(HttpStatusCode.NoContent, accepted.StatusCode);
            }
        }

        using (HttpResponseMessage response = await SendAsync(server, recorded, recorded.Text("body_b64")))
        {
            await CompareAsync(recorded, response);
        }

        if (recorded.Definition.TryGetProperty("then", out JsonElement then) && then.ValueKind == JsonValueKind.Object)
        {
            ConformanceCase next = recorded.Follow(then, recorded.Definition.GetProperty("then_response"));
            using HttpResponseMessage response = await SendAsync(server, next, null);
            await CompareAsync(next, response);
        }
    }

    private static Task<HttpResponseMessage> SendAsync(TestServer server, ConformanceCase recorded, string? bodyBase64)
    {
        using FormUrlEncodedContent form = new(recorded.Parameters());
        string encoded = form.ReadAsStringAsync().GetAwaiter().GetResult();
        bool asForm = recorded.Method == "POST" && string.IsNullOrEmpty(bodyBase64);
        HttpRequestMessage request = server.NewRequest(
            new HttpMethod(recorded.Method), recorded.Path + (asForm || encoded.Length == 0 ? "" : "?" + encoded));
        if (asForm)
        {
            request.Content = new StringContent(encoded, Encoding.UTF8, "application/x-www-form-urlencoded");
        }
        else if (!string.IsNullOrEmpty(bodyBase64))
        {
            request.Content = new ByteArrayContent(Convert.FromBase64String(bodyBase64));
        }

        foreach ((string name, string value) in recorded.Headers())
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return server.SendAsync(request);
    }

    private static async Task CompareAsync(ConformanceCase recorded, HttpResponseMessage response)
    {
        string text = await ReadTextAsync(response);
        if (s_ampDiffers.TryGetValue(recorded.Id, out string? refusal) && recorded.Path.EndsWith("/write", StringComparison.Ordinal))
        {
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains(refusal, text, StringComparison.Ordinal);
            return;
        }

        int expectedStatus = recorded.Response.GetProperty("status").GetInt32();
        Assert.True((int)response.StatusCode == expectedStatus, $"expected {expectedStatus}, got {response.StatusCode}: {text}");
        CompareHeaders(recorded, response);
        JsonElement body = recorded.Response.GetProperty("body");
        if (body.ValueKind == JsonValueKind.Object)
        {
            string? difference = JsonComparison.Difference(
                Comparable(recorded, body), Comparable(recorded, JsonDocument.Parse(text).RootElement),
                anyOrder: HasNoOrder(recorded, body));
            Assert.True(difference is null, difference);
        }
        else if (HasPrometheusText(recorded))
        {
            Assert.Equal(body.GetString(), text);
        }
    }

    private static void CompareHeaders(ConformanceCase recorded, HttpResponseMessage response)
    {
        foreach (JsonProperty header in recorded.Response.GetProperty("headers").EnumerateObject())
        {
            string actual =
                response.Headers.TryGetValues(header.Name, out IEnumerable<string>? values)
                || response.Content.Headers.TryGetValues(header.Name, out values)
                    ? string.Join(", ", values)
                    : "";
            Assert.Equal($"{header.Name}: {header.Value.GetString()}", $"{header.Name}: {actual}");
        }
    }

    /// <summary>Instant vectors have no order but what sorting functions and topk give them.</summary>
    private static bool HasNoOrder(ConformanceCase recorded, JsonElement body)
    {
        foreach ((string name, string value) in recorded.Parameters())
        {
            if (name == "query" && (value.StartsWith("sort", StringComparison.Ordinal) || value.StartsWith("topk", StringComparison.Ordinal)))
            {
                return false;
            }
        }

        return body.TryGetProperty("data", out JsonElement data)
            && data.ValueKind == JsonValueKind.Object
            && data.TryGetProperty("resultType", out JsonElement type)
            && type.GetString() == "vector";
    }

    /// <summary>Texts of writes are AMP's, and health names the program; the other plain texts are Prometheus's.</summary>
    private static bool HasPrometheusText(ConformanceCase recorded) =>
        !recorded.Id.StartsWith("write_", StringComparison.Ordinal)
        && recorded.Path is not ("/-/healthy" or "/-/ready")
        && recorded.Id != "quit_off";

    /// <summary>
    /// Without what is the program's own: members of the build and of the configuration are compared by name, and which two of several duplicate
    /// series an error names depends on the order of series, which nobody promises.
    /// </summary>
    private static JsonElement Comparable(ConformanceCase recorded, JsonElement body)
    {
        const string Duplicates = "found duplicate series";
        if (body.TryGetProperty("error", out JsonElement error)
            && error.GetString() is { } text && text.StartsWith(Duplicates, StringComparison.Ordinal))
        {
            return JsonSerializer.SerializeToElement(text[..text.IndexOf('[', StringComparison.Ordinal)]);
        }

        if (s_lists.Contains(recorded.Path) && body.TryGetProperty("data", out JsonElement data))
        {
            return WithoutItems(data);
        }

        if (recorded.Path is not ("/api/v1/status/buildinfo" or "/api/v1/status/config"))
        {
            return body;
        }

        List<string> names = [];
        foreach (JsonProperty member in body.GetProperty("data").EnumerateObject())
        {
            if (member.Name != "application")
            {
                names.Add(member.Name);
            }
        }

        return JsonSerializer.SerializeToElement(names);
    }

    /// <summary>An answer of lists as it is when all of them are empty, and of counts by pool as it is without pools.</summary>
    private static JsonElement WithoutItems(JsonElement data)
    {
        if (data.ValueKind == JsonValueKind.Array)
        {
            return JsonSerializer.SerializeToElement(Array.Empty<string>());
        }

        Dictionary<string, object?> empty = [];
        foreach (JsonProperty member in data.EnumerateObject())
        {
            // A text is the token of the next page, which a list without items does not have.
            if (member.Value.ValueKind != JsonValueKind.String)
            {
                empty.Add(member.Name, member.Value.ValueKind switch
                {
                    JsonValueKind.Array => Array.Empty<string>(),
                    JsonValueKind.Object => new Dictionary<string, int>(),
                    _ => null,
                });
            }
        }

        return JsonSerializer.SerializeToElement(empty);
    }

    private static async Task<string> ReadTextAsync(HttpResponseMessage response)
    {
        Stream stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        if (response.Content.Headers.ContentEncoding.Contains("gzip"))
        {
            stream = new GZipStream(stream, CompressionMode.Decompress);
        }

        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
