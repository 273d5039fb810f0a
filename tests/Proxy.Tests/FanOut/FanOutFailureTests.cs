using System.Net;
using System.Text;
using System.Text.Json;
using AmpEdge.Prometheus;
using AmpEdge.Proxy.FanOut;
using AmpEdge.QueryApi;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Proxy.Tests.FanOut;

/// <summary>Members that fail, lie or send nonsense.</summary>
public sealed class FanOutFailureTests
{
    private const string One =
        """{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up"},"value":[600,"1"]}]}}""";

    [Fact]
    public async Task A_member_that_fails_is_a_warning_and_the_others_answer()
    {
        MemoryMember broken = new("us", []) { Answer = _ => MemoryMember.Json(503, "upstream connect error") };
        using VirtualUnderTest proxy = new([Up("eu"), broken]);
        (int status, JsonElement json) = await proxy.QueryAsync("up");

        Assert.Equal(200, status);
        Assert.Equal("eu", json.GetProperty("data").GetProperty("result")[0].GetProperty("metric").GetProperty("workspace").GetString());
        Assert.Equal(
            "workspace \"us\" is missing from this answer: it answered 503: upstream connect error",
            Assert.Single(json.GetProperty("warnings").EnumerateArray()).GetString());
        Assert.Contains("ampedge_proxy_fan_out_partial_answers_total 1\n", proxy.Metrics(), StringComparison.Ordinal);
        Assert.Contains(
            "ampedge_proxy_fan_out_requests_total{member=\"us\",result=\"unavailable\"} 1\n", proxy.Metrics(), StringComparison.Ordinal);
        Assert.Equal(0, proxy.HeldBytes);
    }

    [Fact]
    public async Task A_member_that_fails_in_one_part_is_left_out_of_all()
    {
        int asked = 0;
        MemoryMember half = new("us", [])
        {
            Answer = _ => Interlocked.Increment(ref asked) == 1 ? MemoryMember.Json(200, One) : MemoryMember.Json(500, "no"),
        };
        using VirtualUnderTest proxy = new([Up("eu"), half]);
        (int status, JsonElement json) = await proxy.QueryAsync("sum(up) + sum(up offset 1m)");

        Assert.Equal(200, status);
        Assert.Equal(2, asked);
        Assert.Equal("2", json.GetProperty("data").GetProperty("result")[0].GetProperty("value")[1].GetString());
        Assert.Single(json.GetProperty("warnings").EnumerateArray());
    }

    [Theory]
    [InlineData(400, """{"status":"error","errorType":"bad_data","error":"no"}""", 400, "bad_data")]
    [InlineData(422, """{"status":"error","errorType":"execution","error":"no"}""", 422, "execution")]
    [InlineData(503, """{"status":"error","errorType":"timeout","error":"no"}""", 503, "timeout")]
    [InlineData(403, """{"message":"User is not authorized"}""", 503, "unavailable")]
    [InlineData(429, "slow down", 503, "unavailable")]
    [InlineData(500, "", 500, "internal")]
    [InlineData(504, "<html>", 503, "timeout")]
    [InlineData(302, "elsewhere", 503, "unavailable")]
    public async Task When_all_members_fail_the_worst_error_is_the_answer(int sent, string body, int status, string type)
    {
        MemoryMember first = new("eu", []) { Answer = _ => MemoryMember.Json(sent, body) };
        MemoryMember second = new("us", []) { Answer = _ => MemoryMember.Json(400, """{"errorType":"bad_data","error":"x"}""") };
        using VirtualUnderTest proxy = new([first, second]);
        (int answered, JsonElement json) = await proxy.QueryAsync("up");

        Assert.Equal(status, answered);
        Assert.Equal("error", json.GetProperty("status").GetString());
        Assert.Equal(type, json.GetProperty("errorType").GetString());
        Assert.StartsWith("workspace \"eu\": it answered", json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, proxy.HeldBytes);
    }

    [Fact]
    public async Task An_answer_over_the_cap_is_not_read_on()
    {
        string large = One.Replace("up", new string('u', 5000), StringComparison.Ordinal);
        MemoryMember greedy = new("us", []) { Answer = _ => MemoryMember.Json(200, large) };
        using VirtualUnderTest proxy = new([Up("eu"), greedy], maxAnswerBytes: 1024);
        (_, JsonElement json) = await proxy.QueryAsync("up");

        Assert.Contains(
            "its answer is larger than 1KiB (max_answer_size); ask for fewer series or a larger step",
            json.GetProperty("warnings")[0].GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_and_infos_of_members_are_joined()
    {
        string with = One[..^1] + ""","warnings":["both"],"infos":["an info"]}""";
        MemoryMember first = new("eu", []) { Answer = _ => MemoryMember.Json(200, with) };
        MemoryMember second = new("us", []) { Answer = _ => MemoryMember.Json(200, with) };
        using VirtualUnderTest proxy = new([first, second]);
        (_, JsonElement json) = await proxy.QueryAsync("up");

        Assert.Equal("""["both"]""", json.GetProperty("warnings").GetRawText());
        Assert.Equal("""["an info"]""", json.GetProperty("infos").GetRawText());
    }

    [Fact]
    public async Task A_silent_member_is_given_up_after_the_querys_own_time_out()
    {
        ManualTime time = new();
        MemoryMember first = new("eu", []) { Answer = _ => MemoryMember.Json(200, One) };
        SilentMember silent = new("us");
        using VirtualUnderTest proxy = new([first, silent], time: time);
        Task<(int Status, JsonElement Json)> answer = proxy.QueryAsync("up", more: "&timeout=5s");
        await silent.Asked.Task;
        time.Advance(TimeSpan.FromSeconds(5));
        (int status, JsonElement json) = await answer;

        Assert.Equal(200, status);
        Assert.Contains("it did not answer within 5 s", json.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("topk(2, info(up, {workspace=\"a\"}))", 422, "info()")]
    [InlineData("quantile_over_time(scalar(up), up[5m])", 422, "use a subquery")]
    [InlineData("sum_over_time(sum(up offset step())[5m:1m])", 422, "must be numbers")]
    [InlineData("sum(", 400, "parse error")]
    public async Task What_cannot_be_spread_is_refused_with_the_reason(string query, int status, string reason)
    {
        MemoryMember member = Up("eu");
        using VirtualUnderTest proxy = new([member]);
        (int answered, JsonElement json) = await proxy.QueryAsync(query);

        Assert.Equal(status, answered);
        Assert.Contains(reason, json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(member.Requests);
    }

    [Fact]
    public async Task A_range_vector_over_time_is_refused_as_Prometheus_does()
    {
        using VirtualUnderTest proxy = new([Up("eu")]);
        (int status, JsonElement json) = await proxy.RangeAsync("up[5m]", "start=0&end=600&step=60");

        Assert.Equal(400, status);
        Assert.Contains("must be Scalar or instant Vector", json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_members_that_matchers_select_are_asked()
    {
        MemoryMember eu = Up("eu");
        MemoryMember us = Up("us");
        using VirtualUnderTest proxy = new([eu, us]);
        await proxy.QueryAsync("""up{workspace="eu"}""");
        await proxy.QueryAsync("""sum(up{workspace="eu"}) / sum(up{workspace="eu"} offset 1m)""");

        Assert.Equal(3, eu.Requests.Count);
        Assert.Equal("/api/v1/query query=up&time=600", eu.Requests[0]);
        Assert.Empty(us.Requests);
    }

    [Fact]
    public async Task A_limit_cuts_what_was_merged_and_says_so()
    {
        using VirtualUnderTest proxy = new([Up("us"), Up("eu")]);
        (_, JsonElement json) = await proxy.QueryAsync("up", more: "&limit=1");

        JsonElement series = Assert.Single(json.GetProperty("data").GetProperty("result").EnumerateArray());
        Assert.Equal("eu", series.GetProperty("metric").GetProperty("workspace").GetString());
        Assert.Equal("results truncated due to limit", json.GetProperty("warnings")[0].GetString());
    }

    [Fact]
    public async Task Whatever_a_member_sends_is_an_answer_or_a_named_failure()
    {
        string[] seeds =
        [
            One,
            """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"\u00e9"},"values":[[600,"1"],[660,"NaN"]],"histograms":[[720,{"count":"3","sum":"2","buckets":[[0,"1","2","3"]]}]]}]}}""",
            """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[600,{"count":"1","sum":"2","buckets":[[3,"-0.001","0.001","1"],[1,"-2","-1","4"]]}]}]},"warnings":["w"]}""",
            """{"status":"success","data":{"resultType":"scalar","result":[600,"1"]}}""",
            """{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"1"},"value":[600,"1"]},{"metric":{"a":"1"},"value":[600,"2"]}]}}""",
        ];
        for (int round = 0; round < 3000; round++)
        {
            Gen gen = Gen.Create(round);
            byte[] sent = Mutate(gen, Encoding.UTF8.GetBytes(gen.Pick(seeds)));
            MemoryMember liar = new("us", [])
            {
                Answer = _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(sent) },
            };
            using VirtualUnderTest proxy = new([liar]);
            (int status, JsonElement json) = gen.Bool()
                ? await proxy.QueryAsync(gen.Pick("up", "sum(up)", "avg(up)"))
                : await proxy.RangeAsync(gen.Pick("up", "sum(up)", "avg(up)"), "start=600&end=720&step=60");

            Assert.True(status is 200 or 500 or 422, $"seed {round}: {status} {json}");
            Assert.True(proxy.HeldBytes == 0, $"seed {round} holds memory");
        }
    }

    private static byte[] Mutate(Gen gen, byte[] text)
    {
        if (gen.OneIn(4))
        {
            return text[..gen.Int(text.Length + 1)];
        }

        for (int change = gen.Int(4); change > 0; change--)
        {
            text[gen.Int(text.Length)] = gen.Pick<byte>((byte)'"', (byte)'[', (byte)']', (byte)'{', (byte)'}', (byte)'\\', (byte)'9', 0xff, (byte)'-', (byte)',');
        }

        return text;
    }

    private static MemoryMember Up(string name)
    {
        MemorySeries up = new(Labels.FromStrings("__name__", "up", "job", "node"));
        up.Samples[540_000] = 1;
        return new MemoryMember(name, [up]);
    }

    private sealed class SilentMember(string name) : IMember
    {
        public string Name => name;

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<HttpResponseMessage> SendAsync(string path, string query, string? form, string via, CancellationToken cancel)
        {
            TaskCompletionSource<HttpResponseMessage> never = new();
            Asked.SetResult();
            return await never.Task.WaitAsync(cancel);
        }
    }
}
