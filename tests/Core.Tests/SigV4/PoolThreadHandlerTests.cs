using System.Net;
using AmpEdge.SigV4;
using Xunit;

namespace AmpEdge.Core.Tests.SigV4;

public sealed class PoolThreadHandlerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answers_and_failures_come_on_the_pool_and_bodies_are_there_to_be_read_synchronously(bool fails)
    {
        using HttpMessageInvoker client = new(new PoolThreadHandler(new SocketThread(fails)));
        using HttpRequestMessage request = new(HttpMethod.Get, "http://sts");
        bool wasOnPool = false;
        string body = "";
        Exception? failure = await Record.ExceptionAsync(async () =>
        {
            try
            {
                using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken).ConfigureAwait(false);
                using StreamReader reader = new(answer.Content.ReadAsStream(TestContext.Current.CancellationToken));
                body = reader.ReadToEnd();
            }
            finally
            {
                wasOnPool = Thread.CurrentThread.IsThreadPoolThread;
            }
        });

        Assert.True(wasOnPool);
        Assert.Equal(fails ? "" : "session", body);
        Assert.Equal(fails, failure is HttpRequestException);
    }

    /// <summary>Completes on a thread of its own, as sockets may, with a body that is still to come.</summary>
    private sealed class SocketThread(bool fails) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            TaskCompletionSource<HttpResponseMessage> answer = new();
            new Thread(() =>
            {
                if (fails)
                {
                    answer.SetException(new HttpRequestException("reset"));
                }
                else
                {
                    answer.SetResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new LateStream()) });
                }
            }).Start();
            return answer.Task;
        }
    }

    /// <summary>To be read asynchronously only.</summary>
    private sealed class LateStream() : MemoryStream("session"u8.ToArray())
    {
        public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException("this would wait");

        public override int Read(Span<byte> buffer) => throw new InvalidOperationException("this would wait");

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            await Task.Yield();
            await destination.WriteAsync("session"u8.ToArray(), cancellationToken);
        }
    }
}
