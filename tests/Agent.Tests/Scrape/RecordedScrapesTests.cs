using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

/// <summary>Plays scripted targets to the scrape loop and compares what it stores with what a Prometheus 3.5.3 stored.</summary>
public sealed class RecordedScrapesTests
{
    private const string File = "recorded.json";
    private const string Stale = "stale";

    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Those of one target; <c>target_limit</c> is a matter of pools (<see cref="ScrapePoolTests"/>).</summary>
    public static TheoryData<string> Cases
    {
        get
        {
            if (!Oracle.Has($"{ScrapeCases.Folder}/{File}"))
            {
                return [Oracle.NoCase];
            }

            TheoryData<string> names = [];
            foreach (JsonElement scenario in ScrapeCases.Load(File))
            {
                if (!scenario.TryGetProperty("many_targets", out _))
                {
                    names.Add(scenario.GetProperty("name").GetString()!);
                }
            }

            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_scripted_target_leaves_what_a_server_stores(string name)
    {
        JsonElement scenario = ScrapeCases.Find(File, "name", name);
        JsonElement config = scenario.GetProperty("config");
        await using ScriptedHttpServer server = new(Responses(scenario));
        bool native = scenario.TryGetProperty("native_histograms_feature", out JsonElement feature) && feature.GetBoolean();
        Target target = MakeTarget(name, config, native, server.Address, out ScrapeJob job);
        RecordingStore store = new();
        using HttpMessageInvoker client = Client(config);
        ManualTime time = new(s_start);
        using ScrapeLoop loop = ScrapeJobs.Loop(job, target, client, store, time, target.Timeout);

        List<JsonElement> scrapes = [.. scenario.GetProperty("recorded").GetProperty("scrapes").EnumerateArray()];
        for (int index = 0; index < scrapes.Count; index++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await loop.ScrapeOnceAsync(time.GetUtcNow(), TestContext.Current.CancellationToken);
        }

        CompareScrapes(scrapes, store, server.Address, time, name == "parse_error_drops_scrape" || name == "sample_limit");
        CompareExemplars(scenario, store, server.Address);
        CompareStatus(scenario, target, server.Address);
        CompareRequest(scenario, server);
    }

    private static void CompareScrapes(
        List<JsonElement> scrapes, RecordingStore store, string address, ManualTime time, bool allStaleOnFailure)
    {
        Assert.Equal(scrapes.Count, store.Scrapes.Count);
        for (int index = 0; index < scrapes.Count; index++)
        {
            long scrapeMs = s_start.AddSeconds(index + 1).ToUnixTimeMilliseconds();
            List<string> actual = Samples(store.Scrapes[index], scrapeMs, isReport: false);
            List<string> expected = Expected(scrapes[index], address);
            if (allStaleOnFailure)
            {
                // A real server leaves series of a half-read page for one scrape; marking them all at once is as good.
                actual.RemoveAll(static sample => sample.EndsWith(Stale, StringComparison.Ordinal));
                expected.RemoveAll(static sample => sample.EndsWith(Stale, StringComparison.Ordinal));
            }

            Assert.Equal(expected, actual);
            Assert.Equal(ExpectedReport(scrapes[index]), Samples(store.Scrapes[index], scrapeMs, isReport: true));
        }

        Assert.True(time.GetUtcNow() > s_start);
    }

    private static void CompareExemplars(JsonElement scenario, RecordingStore store, string address)
    {
        List<string> expected = [];
        JsonElement recorded = scenario.GetProperty("recorded");
        foreach (JsonElement scrape in recorded.GetProperty("scrapes").EnumerateArray())
        {
            AddExemplars(scrape, "exemplars", address, expected);
        }

        AddExemplars(recorded, "own_timestamps", address, expected);
        Assert.Equal(expected, store.Exemplars.ConvertAll(static exemplar => string.Create(
            CultureInfo.InvariantCulture, $"{exemplar.Series} {exemplar.Labels} {exemplar.Value:R}")));
    }

    private static void AddExemplars(JsonElement owner, string key, string address, List<string> expected)
    {
        if (!owner.TryGetProperty(key, out JsonElement entries))
        {
            return;
        }

        foreach (JsonElement entry in entries.EnumerateArray())
        {
            if (entry.TryGetProperty("exemplar", out JsonElement exemplar))
            {
                Labels series = WithAddress(ScrapeJobs.LabelsOf(entry.GetProperty("series")), address);
                expected.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{series} {ScrapeJobs.LabelsOf(exemplar.GetProperty("labels"))} {exemplar.GetProperty("value").GetDouble():R}"));
            }
        }
    }

    private static void CompareStatus(JsonElement scenario, Target target, string address)
    {
        JsonElement expected = scenario.GetProperty("recorded").GetProperty("targets")[0];
        Assert.Equal(
            expected.GetProperty("health").GetString(), target.Status.Health == TargetHealth.Up ? "up" : "down");
        Assert.Equal(
            expected.GetProperty("last_error").GetString()!.Replace("TARGET", address, StringComparison.Ordinal),
            target.Status.LastError);
        Assert.Equal(
            expected.GetProperty("scrape_url").GetString()!.Replace("TARGET", address, StringComparison.Ordinal),
            target.Url.AbsoluteUri);
        JsonElement labels = expected.GetProperty("labels");
        Assert.Equal(
            WithAddress(ScrapeJobs.LabelsOf(labels), address).ToString(), target.PublicLabels.ToString());
    }

    private static void CompareRequest(JsonElement scenario, ScriptedHttpServer server)
    {
        JsonElement expected = scenario.GetProperty("recorded").GetProperty("requests")[0];
        Assert.True(server.Requests.TryPeek(out ScriptedRequest? request));
        Assert.Equal(expected.GetProperty("target").GetString(), request.Target);
        foreach (JsonProperty header in expected.GetProperty("headers").EnumerateObject())
        {
            if (header.Name != "User-Agent")
            {
                Assert.Equal(header.Value.GetString(), request.Headers.GetValueOrDefault(header.Name));
            }
        }
    }

    private static Target MakeTarget(
        string name, JsonElement config, bool native, string address, out ScrapeJob job)
    {
        job = Job(name, config, native);
        Labels target = Labels.FromStrings("__address__", address);
        Labels group = Labels.Empty;
        if (config.TryGetProperty("static_configs", out JsonElement groups)
            && groups[0].TryGetProperty("labels", out JsonElement labels))
        {
            group = ScrapeJobs.LabelsOf(labels);
        }

        Target? made = TargetLabels.Make(job, target, group, new LabelsBuilder(), out _, out string? problem);
        Assert.Null(problem);
        Assert.NotNull(made);
        return made;
    }

    private static ScrapeJob Job(string name, JsonElement config, bool native)
    {
        ScrapeJob job = ScrapeJobs.Create(name);
        job = job with { Samples = job.Samples with { Histograms = new HistogramForms(native, AlwaysClassic: false) } };
        if (native)
        {
            job = WithAccept(job, ScrapeProtocol.DefaultsWithNativeHistograms, "allow-utf-8");
        }

        foreach (JsonProperty setting in config.EnumerateObject())
        {
            JsonElement value = setting.Value;
            job = setting.Name switch
            {
                "honor_labels" => job with { HonorLabels = value.GetBoolean() },
                "track_timestamps_staleness" =>
                    job with { Samples = job.Samples with { TrackTimestampsStaleness = value.GetBoolean() } },
                "sample_limit" => job with { Samples = job.Samples with { SampleLimit = value.GetInt64() } },
                "label_limit" => job with { Limits = job.Limits with { LabelLimit = value.GetInt64() } },
                "label_name_length_limit" =>
                    job with { Limits = job.Limits with { LabelNameLengthLimit = value.GetInt64() } },
                "label_value_length_limit" =>
                    job with { Limits = job.Limits with { LabelValueLengthLimit = value.GetInt64() } },
                "body_size_limit" => job with { Fetch = job.Fetch with { BodySizeLimit = Size(value.GetString()!) } },
                "fallback_scrape_protocol" => job with { Fetch = job.Fetch with { Fallback = ExpositionFormat.Text004 } },
                "metric_name_escaping_scheme" => WithAccept(job, ScrapeProtocol.Defaults, value.GetString()!),
                "scrape_protocols" => WithAccept(job, ScrapeJobs.Texts(value), "allow-utf-8"),
                "convert_classic_histograms_to_nhcb" =>
                    job with { Samples = job.Samples with { ConvertClassicHistograms = value.GetBoolean() } },
                "native_histogram_bucket_limit" =>
                    job with { Samples = job.Samples with { BucketLimit = value.GetInt64() } },
                "native_histogram_min_bucket_factor" => job with
                {
                    Samples = job.Samples with { MaxSchema = ScrapeCacheOptions.SchemaFor(value.GetDouble()) },
                },
                "params" => job with { Parameters = Parameters(value) },
                "relabel_configs" => job with { RelabelRules = ScrapeJobs.Rules(config, setting.Name) },
                "metric_relabel_configs" => job with { MetricRelabelRules = ScrapeJobs.Rules(config, setting.Name) },
                "static_configs" or "follow_redirects" or "basic_auth" => job,
                _ => throw new InvalidOperationException($"the scenario uses {setting.Name}, which the test does not know"),
            };
        }

        return job;
    }

    private static ScrapeJob WithAccept(ScrapeJob job, IReadOnlyList<string> protocols, string escaping) =>
        job with { Fetch = job.Fetch with { Accept = AcceptHeader.For(protocols, escaping) } };

    private static HttpMessageInvoker Client(JsonElement config) => new(HttpHandlerBuilder.Build(
        new HttpClientConfig
        {
            FollowRedirects = !config.TryGetProperty("follow_redirects", out JsonElement follow) || follow.GetBoolean(),
            BasicAuth = config.TryGetProperty("basic_auth", out JsonElement basic)
                ? new BasicAuthConfig
                {
                    Username = basic.GetProperty("username").GetString()!,
                    Password = new Secret(basic.GetProperty("password").GetString()!),
                }
                : null,
        },
        TimeProvider.System));

    private static long Size(string text)
    {
        Assert.True(ByteSize.TryParse(text, out ByteSize size, out _));
        return size.Bytes;
    }

    private static List<KeyValuePair<string, IReadOnlyList<string>>> Parameters(JsonElement map)
    {
        List<KeyValuePair<string, IReadOnlyList<string>>> parameters = [];
        foreach (JsonProperty parameter in map.EnumerateObject())
        {
            List<string> values = [];
            foreach (JsonElement value in parameter.Value.EnumerateArray())
            {
                values.Add(value.GetString()!);
            }

            parameters.Add(new(parameter.Name, values));
        }

        return parameters;
    }

    private static ScriptedResponse[] Responses(JsonElement scenario)
    {
        List<ScriptedResponse> responses = [];
        foreach (JsonElement response in scenario.GetProperty("responses").EnumerateArray())
        {
            Dictionary<string, string> headers = [];
            foreach (JsonProperty header in response.GetProperty("headers").EnumerateObject())
            {
                headers[header.Name] = header.Value.GetString()!;
            }

            byte[] body = response.TryGetProperty("body_b64", out JsonElement encoded)
                ? encoded.GetBytesFromBase64()
                : Encoding.UTF8.GetBytes(WithTimes(response.GetProperty("body").GetString()!, responses.Count));
            if (response.TryGetProperty("gzip", out JsonElement gzip) && gzip.GetBoolean())
            {
                body = Gzip(body);
                headers["Content-Encoding"] = "gzip";
            }

            responses.Add(new ScriptedResponse(response.GetProperty("status").GetInt32(), headers, body));
        }

        return [.. responses];
    }

    /// <summary>Puts times in the place of <c>@NOW-1234_MS@</c>, before the scrape that reads them.</summary>
    private static string WithTimes(string body, int scrape)
    {
        const string Mark = "@NOW-";
        int at = body.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return body;
        }

        int end = body.IndexOf("_MS@", at, StringComparison.Ordinal);
        long ago = long.Parse(body[(at + Mark.Length)..end], CultureInfo.InvariantCulture);
        long time = s_start.AddSeconds(scrape + 1).ToUnixTimeMilliseconds() - ago;
        return WithTimes(body[..at] + time.ToString(CultureInfo.InvariantCulture) + body[(end + 4)..], scrape);
    }

    private static byte[] Gzip(byte[] plain)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return packed.ToArray();
    }

    private static bool IsReport(RecordedSample sample) => sample.Name is "up" || sample.Name.StartsWith("scrape_", StringComparison.Ordinal);

    private static List<string> Samples(List<RecordedSample> scrape, long scrapeMs, bool isReport)
    {
        List<string> samples = [];
        foreach (RecordedSample sample in scrape)
        {
            if (IsReport(sample) != isReport || sample.TimestampMs != scrapeMs)
            {
                continue;
            }

            samples.Add(isReport
                ? sample.Name == "scrape_duration_seconds"
                    ? "scrape_duration_seconds any"
                    : string.Create(CultureInfo.InvariantCulture, $"{sample.Name} {sample.Value:R}")
                : sample.ToString());
        }

        samples.Sort(StringComparer.Ordinal);
        return samples;
    }

    private static List<string> Expected(JsonElement scrape, string address)
    {
        List<string> samples = [];
        foreach (JsonElement sample in scrape.GetProperty("samples").EnumerateArray())
        {
            Labels labels = WithAddress(ScrapeJobs.LabelsOf(sample.GetProperty("labels")), address);
            if (sample.TryGetProperty("histogram", out JsonElement histogram))
            {
                samples.Add($"{labels} {HistogramText.Of(histogram)}");
                continue;
            }

            JsonElement value = sample.GetProperty("value");
            samples.Add(value.ValueKind == JsonValueKind.String
                ? $"{labels} {value.GetString()}"
                : string.Create(CultureInfo.InvariantCulture, $"{labels} {value.GetDouble():R}"));
        }

        samples.Sort(StringComparer.Ordinal);
        return samples;
    }

    private static List<string> ExpectedReport(JsonElement scrape)
    {
        List<string> report = [];
        foreach (JsonProperty value in scrape.GetProperty("auto").EnumerateObject())
        {
            report.Add(value.Value.ValueKind == JsonValueKind.String
                ? $"{value.Name} any"
                : string.Create(CultureInfo.InvariantCulture, $"{value.Name} {value.Value.GetDouble():R}"));
        }

        report.Sort(StringComparer.Ordinal);
        return report;
    }

    private static Labels WithAddress(Labels labels, string address)
    {
        LabelsBuilder builder = new();
        foreach (LabelPair label in labels)
        {
            builder.Append(label.Name, label.Value.SequenceEqual("TARGET"u8) ? Encoding.UTF8.GetBytes(address) : label.Value);
        }

        return builder.Build();
    }
}
