using AmpEdge.Proxy.Forwarding;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

public sealed class PooledBodyTests
{
    private readonly BodyBudget _budget = new(1 << 20);

    [Fact]
    public void What_the_budget_refuses_is_not_taken_from_the_pool_first()
    {
        BodyBudget budget = new(1 << 20);
        using PooledBody body = new(budget);
        Assert.True(body.TryGrow(1));
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.False(body.TryGrow(64 << 20));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        body.Dispose();
        Assert.Equal(0, budget.HeldBytes);
    }

    [Fact]
    public async Task Any_sequence_of_reads_gives_the_bytes_and_their_hash()
    {
        Gen gen = Gen.Create(5);
        for (int round = 0; round < 50; round++)
        {
            byte[] sent = gen.Bytes(gen.Int(200_000));
            DefaultHttpContext context = new();
            context.Request.Body = new MemoryStream(sent);
            context.Request.ContentLength = gen.Bool() ? sent.Length : null;
            using PooledBody body = new(_budget);

            Assert.Equal(BodyOutcome.Complete, await ReadAsync(context, body, 200_000));
            Assert.Equal(PayloadHash.Of(sent), body.Hash());
            using MemoryStream copy = new();
            using PooledBodyContent content = new(body, null);
            await content.CopyToAsync(copy, TestContext.Current.CancellationToken);
            await content.CopyToAsync(copy, TestContext.Current.CancellationToken);
            Assert.True(copy.ToArray().AsSpan().SequenceEqual([.. sent, .. sent]), gen.ToString());
        }

        Assert.Equal(0, _budget.HeldBytes);
    }

    [Fact]
    public async Task A_body_is_given_up_at_its_cap_and_at_the_budget()
    {
        DefaultHttpContext context = new();
        context.Request.Body = new MemoryStream(new byte[100_000]);
        using PooledBody first = new(_budget);
        Assert.Equal(BodyOutcome.TooLarge, await ReadAsync(context, first, 50_000));

        context.Request.Body = new MemoryStream(new byte[100_000]);
        BodyBudget small = new(40_000);
        using PooledBody second = new(small);
        Assert.Equal(BodyOutcome.NoMemory, await ReadAsync(context, second, 200_000));
        second.Dispose();
        Assert.Equal(0, small.HeldBytes);
    }

    [Fact]
    public async Task After_disposal_nothing_is_sent_and_what_is_being_sent_stays_until_it_is_out()
    {
        PooledBody body = new(_budget);
        Assert.True(body.TryGrow(10));
        body.Free.Span[0] = 42;
        body.Advance(1);
        Assert.True(body.TryHold(out ReadOnlyMemory<byte> sent));
        body.Dispose();
        body.Dispose();

        Assert.Equal(42, sent.Span[0]);
        Assert.NotEqual(0, _budget.HeldBytes);
        body.LetGo();
        Assert.Equal(0, _budget.HeldBytes);
        using PooledBodyContent content = new(body, null);
        await Assert.ThrowsAnyAsync<Exception>(
            () => content.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    private static ValueTask<BodyOutcome> ReadAsync(HttpContext context, PooledBody body, long maxBytes) =>
        RequestBodyReader.ReadAsync(context.Request, body, maxBytes, CancellationToken.None);
}
