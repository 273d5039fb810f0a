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
            RequestBodyReader reader = new(200_000, _budget);
            using PooledBody body = reader.NewBody();

            Assert.Equal(BodyOutcome.Complete, await reader.ReadAsync(context.Request, body, CancellationToken.None));
            Assert.Equal(PayloadHash.Of(sent), body.Hash());
            using MemoryStream copy = new();
            await new PooledBodyStream(body).CopyToAsync(copy);
            Assert.True(sent.AsSpan().SequenceEqual(copy.ToArray()), gen.ToString());
        }

        Assert.Equal(0, _budget.HeldBytes);
    }

    [Fact]
    public async Task A_body_is_given_up_at_its_cap_and_at_the_budget()
    {
        DefaultHttpContext context = new();
        context.Request.Body = new MemoryStream(new byte[100_000]);
        RequestBodyReader capped = new(50_000, _budget);
        using PooledBody first = capped.NewBody();
        Assert.Equal(BodyOutcome.TooLarge, await capped.ReadAsync(context.Request, first, CancellationToken.None));

        context.Request.Body = new MemoryStream(new byte[100_000]);
        BodyBudget small = new(40_000);
        RequestBodyReader poor = new(200_000, small);
        using PooledBody second = poor.NewBody();
        Assert.Equal(BodyOutcome.NoMemory, await poor.ReadAsync(context.Request, second, CancellationToken.None));
        second.Dispose();
        Assert.Equal(0, small.HeldBytes);
    }

    [Fact]
    public void After_disposal_nothing_of_the_pool_can_be_read()
    {
        PooledBody body = new(_budget);
        Assert.True(body.TryGrow(10));
        body.Free.Span[0] = 42;
        body.Advance(1);
        PooledBodyStream stream = new(body);
        body.Dispose();
        body.Dispose();

        Assert.Equal(0, stream.Read(new byte[10]));
        Assert.Equal(0, _budget.HeldBytes);
    }
}
