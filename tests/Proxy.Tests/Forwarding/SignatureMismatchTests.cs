using System.Text.Json;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

public sealed class SignatureMismatchTests
{
    private const string Ours = "GET\n/workspaces\n\nhost:a\n\nhost\nabc";

    [Theory]
    [InlineData("GET\n/workspaces\n\nhost:b\n\nhost\nabc", "line 4: signed 'host:a', expected 'host:b'")]
    [InlineData("GET\n/workspaces\n\nhost:a\n\nhost", "line 7: signed 'abc', expected '(nothing)'")]
    [InlineData("GET\n/workspaces\n\nhost:a\n\nhost\nabc", "none: both signed the same, so the secret keys differ")]
    public void The_first_line_that_differs_is_shown_from_text_and_from_json(string theirs, string difference)
    {
        string text = Answer(theirs);

        Assert.Equal(new SignatureMismatch(theirs, difference), SignatureMismatch.Find(text, Ours));
        Assert.Equal(
            new SignatureMismatch(theirs, difference),
            SignatureMismatch.Find(JsonSerializer.Serialize(new Dictionary<string, string> { ["message"] = text }), Ours));
    }

    [Fact]
    public void An_answer_that_is_cut_anywhere_never_claims_a_difference()
    {
        string text = Answer(Ours);
        string json = JsonSerializer.Serialize(new Dictionary<string, string> { ["message"] = text });
        foreach (string whole in (string[])[text, json])
        {
            for (int length = 0; length < whole.Length; length++)
            {
                string? difference = SignatureMismatch.Find(whole[..length], Ours)?.Difference;
                Assert.True(difference is null || difference.StartsWith("none", StringComparison.Ordinal), $"{whole[..length]}: {difference}");
            }
        }
    }

    [Fact]
    public void Garbage_is_about_something_else()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            Gen gen = Gen.Create(seed);
            string text = gen.Text("The Canonical String\\u0'\"{}\n", 300);
            Assert.True(SignatureMismatch.Find(text, Ours) is null, $"seed {seed}");
        }
    }

    [Fact]
    public async Task Both_canonical_requests_are_logged_and_the_token_is_hidden()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(
            settings: new ProxySettings { LogFailedRequests = true });
        proxy.Upstream.Answer = context => context.WriteAsync(
            403, "application/json", JsonSerializer.Serialize(new Dictionary<string, string> { ["message"] = Answer("POST\n/") }));
        using HttpResponseMessage answer = await proxy.Client.GetAsync(new Uri(proxy.Address, "/workspaces?a=1"));

        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Contains("Canonical String", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("line 1: signed 'GET', expected 'POST'", proxy.Log, StringComparison.Ordinal);
        Assert.Contains("/workspaces\\na=1", proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("session-token", proxy.Log.Replace("x-amz-security-token", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static string Answer(string canonical) =>
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
        + $"and signing method.\n\nThe Canonical String for this request should have been\n'{canonical}'\n\n"
        + "The String-to-Sign should have been\n'AWS4-HMAC-SHA256\nx'\n";
}
