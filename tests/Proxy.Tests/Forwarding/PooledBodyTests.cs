using System.Buffers;
using System.IO.Pipelines;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

public sealed class PooledBodyTests
{
    private readonly BodyBudget _budget = new(1 << 20);

    [Fact]
    public void A_body_holds_what_it_is_long_to_a_block()
    {
        using PooledBody body = new(_budget);
        Assert.True(body.TryAppend(new byte[100], 0));
        Assert.Equal(BlockPool.SmallBytes, _budget.HeldBytes);

        Assert.True(body.TryAppend(new byte[100_000], BlockPool.LargeBytes));
        Assert.Equal(BlockPool.SmallBytes + (2 * BlockPool.LargeBytes), _budget.HeldBytes);
        body.Dispose();
        Assert.Equal(0, _budget.HeldBytes);
    }

    [Fact]
    public async Task A_body_that_was_put_together_is_sent_and_hashed_as_before()
    {
        byte[] sent = Gen.Create(6).Bytes(200_000);
        using PooledBody body = new(_budget);
        Assert.True(body.TryAppend(sent, 0));

        Assert.True(body.Content.SequenceEqual(sent));
        Assert.Equal(PayloadHash.Of(sent), body.Hash());
        using MemoryStream copy = new();
        await body.CopyToAsync(copy, TestContext.Current.CancellationToken);
        Assert.True(copy.ToArray().AsSpan().SequenceEqual(sent));
        body.Dispose();
        Assert.Equal(0, _budget.HeldBytes);
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
    public async Task Full_blocks_of_a_connection_are_kept_as_they_are_and_outlive_it()
    {
        byte[] sent = Gen.Create(7).Bytes(1000 + (3 * BlockPool.LargeBytes) + 20_000);
        Pipe connection = new(new PipeOptions(
            BlockPool.Shared, PipeScheduler.Inline, PipeScheduler.Inline, 0, 0, BlockPool.LargeBytes, useSynchronizationContext: false));
        DefaultHttpContext context = new();
        context.Features.Set<IRequestBodyPipeFeature>(new ConnectionBody(connection.Reader));
        context.Request.ContentLength = sent.Length;
        using PooledBody body = new(_budget);
        ValueTask<BodyOutcome> reading = ReadAsync(context, body, sent.Length);
        for (int start = 0; start < sent.Length;)
        {
            // Pieces that end anywhere: a block that is not full is left until it is.
            Memory<byte> free = connection.Writer.GetMemory(1);
            int count = Math.Min(Math.Min(free.Length, 10_007), sent.Length - start);
            sent.AsSpan(start, count).CopyTo(free.Span);
            connection.Writer.Advance(count);
            await connection.Writer.FlushAsync(TestContext.Current.CancellationToken);
            start += count;
        }

        Assert.Equal(BodyOutcome.Complete, await reading);
        await connection.Reader.CompleteAsync();
        await connection.Writer.CompleteAsync();
        using IMemoryOwner<byte> other = BlockPool.Shared.Rent(BlockPool.LargeBytes);
        other.Memory.Span.Clear();
        Assert.Equal(4 * BlockPool.LargeBytes, _budget.HeldBytes);
        Assert.Equal(PayloadHash.Of(sent), body.Hash());
        using MemoryStream copy = new();
        await body.CopyToAsync(copy, TestContext.Current.CancellationToken);
        Assert.True(copy.ToArray().AsSpan().SequenceEqual(sent));
        body.Dispose();
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
        Assert.True(body.TryAppend([42], 0));
        using HeldStream slow = new();
        Task sending = body.CopyToAsync(slow, TestContext.Current.CancellationToken);
        body.Dispose();
        body.Dispose();

        Assert.Equal(42, slow.Sent.Span[0]);
        Assert.NotEqual(0, _budget.HeldBytes);
        slow.GoOn.SetResult();
        await sending;
        Assert.Equal(0, _budget.HeldBytes);
        using PooledBodyContent content = new(body, null);
        await Assert.ThrowsAnyAsync<Exception>(
            () => content.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    private static ValueTask<BodyOutcome> ReadAsync(HttpContext context, PooledBody body, long maxBytes) =>
        RequestBodyReader.ReadAsync(context.Request, body, maxBytes, CancellationToken.None);

    /// <summary>A body that lies in the blocks of a connection.</summary>
    private sealed class ConnectionBody(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader { get; } = reader;
    }

    /// <summary>A connection that takes its time.</summary>
    private sealed class HeldStream : MemoryStream
    {
        public TaskCompletionSource GoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ReadOnlyMemory<byte> Sent { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Sent = buffer;
            await GoOn.Task.WaitAsync(cancellationToken);
        }
    }
}
