using System.Linq;
using System.Text;
using AmpEdge.Agent.Config;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Config;

public sealed class AgentConfigProblemsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_problem_is_reported_at_once_with_its_place()
    {
        string problems = Problems(
            """
            global:
              scrape_interval: 15
              external_labels: {"": x}
            rule_files: [a.yml]
            scrape_configs:
            - job_name: one
              scrape_timeout: 2m
              scrape_intervall: 5s
              static_configs:
              - targets: ["http://a/metrics"]
            - job_name: one
              relabel_configs:
              - regex: "a("
                target_label: x
              consul_sd_configs:
              - server: x
            remote_write:
            - queue_config: {capacity: 0}
            - url: ftp://x
              basic_auth: {username: a, password: verysecret, password_file: f}
              authorization: {credentials: alsosecret}
            """);

        Assert.Equal(
            """
            f.yml:2:20 global.scrape_interval: not a valid duration string: "15" (got '15', allowed: a duration such as 15s, 1m30s, 2h or 0; units y, w, d, h, m, s, ms from large to small)
            f.yml:3:20 global.external_labels: "" is not a valid label name
            f.yml:4:13 rule_files: field rule_files is not allowed in agent mode (allowed: scrape_configs, scrape_config_files, remote_write, global)
            f.yml:7:19 scrape_configs[0].scrape_timeout: scrape timeout greater than scrape interval for scrape config with job name "one" (got '2m', allowed: up to scrape_interval, 1m)
            f.yml:8:3 scrape_configs[0].scrape_intervall: field scrape_intervall not found in type config.ScrapeConfig (did you mean scrape_interval?)
            f.yml:10:3 scrape_configs[0].static_configs: "http://a/metrics" is not a valid hostname (got 'http://a/metrics', allowed: host:port)
            f.yml:11:13 scrape_configs[1].job_name: found multiple scrape configs with job name "one" (got 'one', allowed: a name that no other job has, in all files)
            f.yml:13:12 scrape_configs[1].relabel_configs[0].regex: error parsing regexp: missing closing ): `^(?s:a()$` (got 'a(', allowed: RE2 syntax)
            f.yml:16:3 scrape_configs[1].consul_sd_configs: consul_sd_configs is not supported by AmpEdge (allowed: static, file, http, dns, kubernetes, ec2, ecs and aws; a file_sd_configs can bridge to others)
            f.yml:18:3 remote_write[0].url: url for remote_write is empty
            f.yml:18:28 remote_write[0].queue_config.capacity: remote write queue capacity must be positive (got '0', allowed: a whole number from 1)
            f.yml:19:3 remote_write[1]: at most one of basic_auth, oauth2 & authorization must be configured
            f.yml:19:3 remote_write[1]: at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be configured. Currently configured: [basic_auth authorization]
            f.yml:19:8 remote_write[1].url: URL scheme must be 'http' or 'https' (got 'ftp://x', allowed: an http:// or https:// URL with a host)
            f.yml:20:66 remote_write[1].basic_auth.password_file: at most one of basic_auth password & password_file must be configured
            """,
            problems);
    }

    [Theory]
    [InlineData("scrape_configs:\n- {}\n", "job_name is empty")]
    [InlineData("scrape_configs:\n-\n", "empty or null scrape config section")]
    [InlineData("remote_write:\n-\n", "empty or null remote write config section")]
    [InlineData("scrape_configs:\n- job_name: x\n  static_configs:\n  -\n", "empty or null section in static_configs")]
    [InlineData("global: {external_labels: {a: !!binary \"/w==\"}}\n", "invalid label value \"\\xff\"")]
    [InlineData("global: {external_labels: {!!binary \"/w==\": a}}\n", "\"\\xff\" is not a valid label name")]
    [InlineData("remote_write:\n- url: http://a/b\n  metadata_config: {send_interval: 0s}\n", "metadata_config send_interval must be above 0")]
    [InlineData("global: {scrape_timeout: 2m}\n", "global scrape timeout greater than scrape interval")]
    [InlineData("scrape_configs:\n- job_name: x\n  relabel_configs:\n  - {action: hashmod, target_label: x}\n", "relabel configuration for hashmod requires non-zero modulus")]
    [InlineData("scrape_configs:\n- job_name: x\n  relabel_configs:\n  - {action: sort}\n", "unknown relabel action \"sort\"")]
    [InlineData("scrape_configs:\n- job_name: x\n  scrape_protocols: [prometheusproto]\n", "scrape_protocols: unknown scrape protocol prometheusproto, supported: [OpenMetricsText0.0.1 OpenMetricsText1.0.0 PrometheusProto PrometheusText0.0.4 PrometheusText1.0.0] for scrape config with job name \"x\"")]
    [InlineData("scrape_configs:\n- job_name: x\n  fallback_scrape_protocol: prometheusproto\n", "invalid fallback_scrape_protocol for scrape config with job name \"x\": unknown scrape protocol prometheusproto")]
    [InlineData("scrape_configs:\n- job_name: x\n  metric_name_validation_scheme: legacy\n  metric_name_escaping_scheme: allow-utf-8\n", "utf8 metric names requested but validation scheme is not set to UTF8")]
    [InlineData("scrape_configs:\n- job_name: x\n  file_sd_configs: [{files: ['a/*/b.yml']}]\n", "is not valid for file discovery")]
    [InlineData("scrape_configs:\n- job_name: x\n  ec2_sd_configs: [{filters: [{name: x}]}]\n", "EC2 SD configuration filter values cannot be empty")]
    [InlineData("scrape_configs:\n- job_name: x\n  http_sd_configs: [{url: 'http:///x'}]\n", "host is missing in URL")]
    [InlineData("scrape_configs:\n- job_name: x\n  basic_auth: {username: a}\n  authorization: {}\n", "at most one of basic_auth, oauth2 & authorization must be configured")]
    [InlineData("scrape_configs:\n- job_name: x\n  tls_config: {cert_file: a}\n", "exactly one of key or key_file must be configured when a client certificate is configured")]
    [InlineData("scrape_configs:\n- job_name: x\n  proxy_from_environment: true\n  proxy_url: http://x\n", "if proxy_from_environment is configured, proxy_url must not be configured")]
    [InlineData("scrape_configs:\n- job_name: x\n  proxy_connect_header: {X-A: [b]}\n", "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured")]
    [InlineData("scrape_configs:\n- job_name: x\n  proxy_url: http://x\n  proxy_connect_header: {\"X-A: b\\r\\nX\": [b]}\n", "is not fit for a header")]
    [InlineData("scrape_configs:\n- job_name: x\n  oauth2: {token_url: 'http://x'}\n", "oauth2 client_id must be configured")]
    [InlineData("scrape_configs:\n- job_name: x\n  oauth2: {client_id: x}\n", "oauth2 token_url must be configured")]
    [InlineData("scrape_configs:\n- job_name: x\n  oauth2: {client_id: x, token_url: 'http://x', client_secret: a, client_secret_file: b}\n", "at most one of oauth2 client_secret & client_secret_file must be configured")]
    [InlineData("scrape_configs:\n- job_name: x\n  oauth2: {client_id: x, token_url: 'http://x', grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', signature_algorithm: HS256}\n", "valid signature algorithms are RS256, RS384 and RS512")]
    [InlineData("scrape_configs:\n- job_name: x\n  http_headers: {Host: {values: [a]}}\n", "setting header \"Host\" is not allowed")]
    [InlineData("remote_write:\n- {url: 'http://x', name: a}\n- {url: 'http://x', name: a}\n", "found multiple remote write configs with job name \"a\"")]
    [InlineData("remote_write:\n- {url: 'http://x', headers: {Authorization: x}}\n", "authorization header must be changed via the basic_auth, authorization, oauth2, sigv4, azuread or google_iam parameter")]
    [InlineData("remote_write:\n- {url: 'http://x', headers: {X-Prometheus-Remote-Write-Version: x}}\n", "X-Prometheus-Remote-Write-Version is a reserved header. It must not be changed")]
    [InlineData("remote_write:\n- {url: 'http://x', sigv4: {access_key: x}}\n", "must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 config")]
    [InlineData("remote_write:\n- {url: 'http://x', sigv4: {}, basic_auth: {username: x}}\n", "at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be configured")]
    public void What_prometheus_refuses_is_refused_in_its_words(string text, string problem) =>
        Assert.Contains(problem, Problems(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("buffer_max_bytes: 1KiB", "(got '1KiB', allowed: 16MiB (--storage.agent.wal-segment-size) to 4GiB (--buffer.max-bytes), or 0 for no bound of its own)")]
    [InlineData("buffer_max_bytes: 5GiB", "(got '5GiB', allowed: 16MiB (--storage.agent.wal-segment-size) to 4GiB (--buffer.max-bytes), or 0 for no bound of its own)")]
    [InlineData("buffer_max_age: 2d", "(got '2d', allowed: up to 1d (--buffer.max-age), or 0 for no bound of its own)")]
    public void Bounds_of_a_destination_lie_within_those_of_the_buffer(string key, string problem) =>
        Assert.Contains(problem, Problems($"remote_write: [{{url: 'http://x', queue_config: {{{key}}}}}]\n"), StringComparison.Ordinal);

    [Fact]
    public void Features_of_prometheus_set_defaults_that_the_file_may_overrule()
    {
        string file = Path.Combine(_folder, "features.yml");
        ConfigBasis basis = new() { Global = PrometheusFeatures.DefaultsWith(["native-histograms", "extra-scrape-metrics"]) };
        File.WriteAllText(file, "scrape_configs: [{job_name: a}, {job_name: b, extra_scrape_metrics: false}]\n");
        AgentConfig config = AgentConfigLoader.Load(file, basis: basis).Config!;

        Assert.True(config.ScrapeConfigs[0] is { ScrapeNativeHistograms: true, ExtraScrapeMetrics: true });
        Assert.Equal(ScrapeProtocol.DefaultsWithNativeHistograms, config.ScrapeConfigs[0].ScrapeProtocols);
        Assert.False(config.ScrapeConfigs[1].ExtraScrapeMetrics);

        File.WriteAllText(file, "global: {scrape_native_histograms: false, extra_scrape_metrics: false}\nscrape_configs: [{job_name: a}]\n");
        config = AgentConfigLoader.Load(file, basis: basis).Config!;
        Assert.True(config.ScrapeConfigs[0] is { ScrapeNativeHistograms: false, ExtraScrapeMetrics: false });
        Assert.Equal(ScrapeProtocol.Defaults, config.ScrapeConfigs[0].ScrapeProtocols);
    }

    [Fact]
    public void A_check_notes_what_will_not_work_as_it_stands()
    {
        using StringWriter output = new();
        ConfigResult<AgentConfig> result = Load(
            "scrape_configs:\n- {job_name: a, basic_auth: {username: u, password_file: nowhere.txt}}\n" +
            "remote_write:\n- url: https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write\n");

        Assert.Equal(ExitCode.Success, ConfigCheck.Report("f.yml", result, output, TextWriter.Null));
        Assert.Contains("no authentication, which AWS refuses: add sigv4: {}\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"  note: {Path.Combine(_folder, "nowhere.txt")} is not there now; what needs it fails until it is\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_says_what_a_good_file_amounts_to()
    {
        using StringWriter output = new();
        ConfigResult<AgentConfig> result = Load(
            "scrape_configs:\n- job_name: node\n  static_configs: [{targets: [a:1, b:1]}]\n  file_sd_configs: [{files: [t.json]}]\n" +
            "remote_write:\n- url: http://x/w\n  sigv4: {region: eu-west-1}\n");

        Assert.Equal(ExitCode.Success, ConfigCheck.Report("f.yml", result, output, TextWriter.Null));
        Assert.Equal(
            "f.yml: OK\n  job node: 2 static targets, 1 target file, every 1m\n  remote_write http://x/w: signed with SigV4 for eu-west-1\n",
            output.ToString());
    }

    [Fact]
    public void A_check_tells_every_problem_of_a_bad_file()
    {
        using StringWriter error = new();
        ConfigResult<AgentConfig> result = Load("scrape_configs:\n- job_name: a\n  x: 1\nremote_write: [{}]\n");

        Assert.Equal(ExitCode.Usage, ConfigCheck.Report("f.yml", result, TextWriter.Null, error));
        Assert.StartsWith("f.yml: 2 problems\n  ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_never_printed()
    {
        ConfigResult<AgentConfig> result = Load(
            """
            scrape_configs:
            - job_name: x
              basic_auth: {username: u, password: hidden-1}
              http_headers: {a: {secrets: [hidden-2]}}
              proxy_url: http://user:hidden-3@proxy:3128
              proxy_connect_header: {X-Key: [hidden-5]}
            - job_name: y
              oauth2: {client_id: c, client_secret: hidden-6, client_certificate_key: hidden-7, token_url: "http://x"}
            remote_write:
            - url: http://x
              sigv4: {access_key: AK, secret_key: hidden-4}
            """);

        AgentConfig config = result.Config!;
        Assert.DoesNotContain("hidden", AgentConfigYaml.Print(config), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", config.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", config.ScrapeConfigs[0].HttpClient.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", System.Text.Json.JsonSerializer.Serialize(config.RemoteWrites[0].SigV4), StringComparison.Ordinal);
        Assert.Contains("password: <secret>", AgentConfigYaml.Print(config), StringComparison.Ordinal);
        Assert.NotEqual(
            AgentConfigYaml.Signature(config.ScrapeConfigs[0]),
            AgentConfigYaml.Signature(config.ScrapeConfigs[0] with
            {
                HttpClient = config.ScrapeConfigs[0].HttpClient with { BasicAuth = new BasicAuthConfig { Username = "u", Password = new Secret("other") } },
            }));
    }

    [Fact]
    public void External_labels_take_environment_variables()
    {
        string file = Path.Combine(_folder, "f.yml");
        File.WriteAllText(file, "global: {external_labels: {a: '$NODE-x', b: '${NODE}', c: '$$NODE', d: '${GONE}', e: 'x$'}}\n");

        ConfigResult<AgentConfig> result = AgentConfigLoader.Load(file, environment: name => name == "NODE" ? "n1" : null);

        Assert.Equal("{a=\"n1-x\", b=\"n1\", c=\"$NODE\", e=\"x$\"}", result.Config!.Global.ExternalLabels.ToString());
    }

    [Fact]
    public void Every_value_of_every_file_takes_environment_variables_when_asked()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "jobs"));
        File.WriteAllText(
            Path.Combine(_folder, "jobs", "a.yml"),
            "scrape_configs:\n- job_name: '${NODE}-a'\n  sample_limit: ${LIMIT}\n  relabel_configs:\n" +
            "  - {source_labels: [x], regex: '(?P<NODE>.*)(y)', replacement: '$${NODE}-${1}-$2', target_label: z}\n");
        string file = Path.Combine(_folder, "f.yml");
        File.WriteAllText(
            file,
            "global: {external_labels: {a: '$NODE', b: '${NODE}', c: '$$NODE'}}\nscrape_config_files: ['jobs/*.yml']\n" +
            "remote_write:\n- url: http://${NODE}/write\n  authorization: {credentials: '${TOKEN}'}\n");
        Dictionary<string, string> variables = new() { ["NODE"] = "n1", ["LIMIT"] = "10", ["TOKEN"] = "secret$NODE" };

        AgentConfig config = AgentConfigLoader.Load(
            file, environment: name => variables.GetValueOrDefault(name), expandEnvironment: true).Config!;

        Assert.Equal("{a=\"n1\", b=\"n1\", c=\"$NODE\"}", config.Global.ExternalLabels.ToString());
        Assert.Equal(("n1-a", 10UL), (config.ScrapeConfigs[0].JobName, config.ScrapeConfigs[0].SampleLimit));
        Assert.Equal("${NODE}-${1}-$2", config.ScrapeConfigs[0].RelabelRules[0].Config.Replacement);
        Assert.Equal("http://n1/write", config.RemoteWrites[0].Url.ToString());
        Assert.Equal("secret$NODE", config.RemoteWrites[0].HttpClient.Authorization!.Credentials!.Reveal());
    }

    [Fact]
    public void Variables_that_are_not_set_are_named_with_their_places_when_every_value_takes_them()
    {
        string file = Path.Combine(_folder, "f.yml");
        File.WriteAllText(
            file, "global:\n  external_labels:\n    a: '$GONE'\nscrape_configs:\n- job_name: x\n  metrics_path: /${LOST}\n");

        ConfigResult<AgentConfig> result = AgentConfigLoader.Load(file, environment: _ => null, expandEnvironment: true);

        Assert.Equal(
            """
            f.yml:3:5 global.external_labels: environment variable GONE is not set (got '$GONE', allowed: a set variable, or $$ for a dollar sign)
            f.yml:6:17 scrape_configs[0].metrics_path: environment variable LOST is not set (got '${LOST}', allowed: a set variable, or $$ for a dollar sign)
            """,
            string.Join('\n', result.Problems).Replace(_folder + "/", "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_configuration_knows_all_the_files_that_it_was_made_of()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "jobs"));
        File.WriteAllText(
            Path.Combine(_folder, "jobs", "a.yml"),
            "scrape_configs:\n- job_name: a\n  oauth2: {client_id: x, token_url: 'http://x', client_secret_file: secret}\n" +
            "  file_sd_configs: [{files: [targets.json]}]\n  scrape_failure_log_file: failures.log\n");
        AgentConfig config = Load(
            "scrape_config_files: ['jobs/*.yml']\nremote_write:\n- url: http://x\n  tls_config: {ca_file: ca.pem}\n" +
            "  http_headers: {X: {files: [header]}}\n").Config!;

        Assert.Equal(
            ["f.yml", "jobs/a.yml", "jobs/secret", "ca.pem", "header"],
            ConfigFiles.Of(config).Select(file => Path.GetRelativePath(_folder, file)));
    }

    [Fact]
    public void Paths_are_relative_to_the_file_that_names_them()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "jobs"));
        File.WriteAllText(
            Path.Combine(_folder, "jobs", "a.yml"), "scrape_configs:\n- job_name: a\n  file_sd_configs: [{files: [targets.json]}]\n");

        AgentConfig config = Load("scrape_config_files: ['jobs/*.yml']\n").Config!;

        Assert.Equal([Path.Combine(_folder, "jobs", "targets.json")], config.ScrapeConfigs[0].Discovery.File[0].Files);
    }

    [Fact]
    public void Passwords_in_urls_are_shown_nowhere_and_still_tell_configurations_apart()
    {
        const string text = "scrape_configs:\n- job_name: x\n  http_sd_configs: [{url: 'http://a:hidden@b/c'}]\n"
            + "remote_write:\n- url: https://a:hidden@d/e\n  oauth2: {client_id: i, client_secret: s, token_url: 'http://a:hidden@f/g'}\n"
            + "  proxy_url: http://a:hidden@h:1\n";
        AgentConfig config = Load(text).Config!;
        AgentConfig other = Load(text.Replace("hidden", "changed", StringComparison.Ordinal)).Config!;

        string shown = AgentConfigYaml.Print(config);

        Assert.DoesNotContain("hidden", shown, StringComparison.Ordinal);
        Assert.Contains("http://a:xxxxx@b/c", shown, StringComparison.Ordinal);
        Assert.Contains("https://a:xxxxx@d/e", shown, StringComparison.Ordinal);
        Assert.Contains("http://a:xxxxx@f/g", shown, StringComparison.Ordinal);
        Assert.NotEqual(AgentConfigYaml.Signature(config.ScrapeConfigs[0]), AgentConfigYaml.Signature(other.ScrapeConfigs[0]));
        Assert.NotEqual(AgentConfigYaml.Signature(config.RemoteWrites[0]), AgentConfigYaml.Signature(other.RemoteWrites[0]));
    }

    [Fact]
    public void Mutated_files_load_or_tell_why_not()
    {
        Gen gen = Gen.Create(77);
        byte[] original = Encoding.UTF8.GetBytes(
            "global: {scrape_interval: 15s, external_labels: {a: b}}\nscrape_configs:\n- job_name: x\n  params: {a: [b]}\n" +
            "  relabel_configs:\n  - source_labels: [a, b]\n    regex: (.*)x\n    target_label: y\n  static_configs:\n  - targets: [a:1]\n" +
            "remote_write:\n- url: http://x/y\n  queue_config: {capacity: 5}\n  sigv4: {region: eu-west-1}\n");
        for (int run = 0; run < 1000; run++)
        {
            byte[] mutated = gen.Mutate(original);
            string file = Path.Combine(_folder, "f.yml");
            File.WriteAllBytes(file, mutated);
            ConfigResult<AgentConfig> result = AgentConfigLoader.Load(file);
            Assert.True(result.IsValid || result.Problems.Count > 0, $"run {run}, {gen}: {Encoding.UTF8.GetString(mutated)}");
        }
    }

    private string Problems(string text) =>
        string.Join('\n', Load(text).Problems).Replace(_folder + "/", "", StringComparison.Ordinal);

    private ConfigResult<AgentConfig> Load(string text)
    {
        string file = Path.Combine(_folder, "f.yml");
        File.WriteAllText(file, text);
        return AgentConfigLoader.Load(file);
    }
}
