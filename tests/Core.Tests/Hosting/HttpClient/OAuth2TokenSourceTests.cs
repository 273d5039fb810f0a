using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.HttpClients;

public sealed class OAuth2TokenSourceTests
{
    [Fact]
    public async Task A_token_server_that_does_not_answer_fails_the_request_and_is_no_cancellation_of_it()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedHttpServer server = new(_ =>
        {
            asked.TrySetResult();
            return new TaskCompletionSource<ScriptedResponse>().Task;
        });
        ManualTime time = new();
        using HttpMessageInvoker client = new(HttpHandlerBuilder.Build(
            new HttpClientConfig
            {
                OAuth2 = new OAuth2Config { ClientId = "id", TokenUrl = $"http://user:secret@{server.Address}/token" },
            },
            time));
        using HttpRequestMessage request = new(HttpMethod.Get, "http://127.0.0.1:1/page");
        Task<HttpResponseMessage> asking = client.SendAsync(request, TestContext.Current.CancellationToken);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromSeconds(31));

        HttpRequestException failure = await Assert.ThrowsAsync<HttpRequestException>(() => asking);
        Assert.Equal($"oauth2 token endpoint http://user:xxxxx@{server.Address}/token did not answer within 30s", failure.Message);
    }
}
