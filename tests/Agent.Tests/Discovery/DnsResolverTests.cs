using AmpEdge.Agent.Discovery;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class DnsResolverTests : IDisposable
{
    private readonly string _resolvConf = Path.GetTempFileName();

    public void Dispose() => File.Delete(_resolvConf);

    [Fact]
    public async Task A_cut_datagram_is_asked_for_again_over_tcp()
    {
        await using FakeDnsServer server = new(question => question.OverTcp
            ? new DnsReply().Address("192.0.2.1").Address("192.0.2.2")
            : new DnsReply { IsTruncated = true }.Address("192.0.2.1"));

        IReadOnlyList<DnsRecord> records = await LookUpAsync("web.example.com", server);

        Assert.Equal(["192.0.2.1", "192.0.2.2"], Names(records));
        Assert.Equal(
            [new DnsQuestion("web.example.com.", DnsReply.TypeA, false, true), new("web.example.com.", DnsReply.TypeA, true, false)],
            server.Questions);
    }

    [Fact]
    public async Task A_server_that_does_not_know_edns_is_asked_without()
    {
        await using FakeDnsServer server = new(question =>
            question.HasEdns ? new DnsReply { Code = 1 } : new DnsReply().Address("192.0.2.1"));

        Assert.Single(await LookUpAsync("web.", server));
    }

    [Fact]
    public async Task What_is_no_answer_to_the_question_is_passed_over()
    {
        await using FakeDnsServer server = new(question => (IReadOnlyList<DnsReply>)
            [new DnsReply { IdOffset = 1 }.Address("203.0.113.66"), new DnsReply().Address("192.0.2.1")]);

        Assert.Equal(["192.0.2.1"], Names(await LookUpAsync("web.", server)));
    }

    [Fact]
    public async Task An_alias_is_followed_by_the_records_of_its_target()
    {
        await using FakeDnsServer server = new(_ =>
            new DnsReply().Cname("a.example.").Cname("b.example.").Address("192.0.2.7"));

        Assert.Equal(["", "", "192.0.2.7"], Names(await LookUpAsync("web.", server)));
    }

    [Fact]
    public async Task The_search_list_is_tried_until_a_name_is_known()
    {
        await using FakeDnsServer server = new(question =>
            question.Name == "web.b.test." ? new DnsReply().Address("192.0.2.1") : new DnsReply { Code = 3 });

        Assert.Single(await LookUpAsync("web", "search a.test b.test c.test", server));
        Assert.Equal(["web.a.test.", "web.b.test."], Array.ConvertAll(server.Questions.ToArray(), static question => question.Name));
    }

    [Fact]
    public async Task A_name_that_no_server_knows_has_no_records_and_is_no_failure()
    {
        await using FakeDnsServer server = new(_ => new DnsReply { Code = 3 });

        Assert.Empty(await LookUpAsync("web", "search a.test", server));
    }

    [Fact]
    public async Task A_name_without_records_of_the_type_ends_the_search()
    {
        await using FakeDnsServer server = new(_ => new DnsReply());

        Assert.Empty(await LookUpAsync("web", "search a.test b.test", server));
        Assert.Single(server.Questions);
    }

    [Fact]
    public async Task One_search_domain_in_doubt_makes_the_look_up_a_failure()
    {
        await using FakeDnsServer server = new(question => new DnsReply { Code = question.Name == "web.a.test." ? 2 : 3 });

        DiscoveryException failure = await Assert.ThrowsAsync<DiscoveryException>(
            () => LookUpAsync("web", "search a.test b.test", server));
        Assert.Contains("could not resolve web", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ServerFailure for web.a.test.", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_server_that_cannot_tell_is_followed_by_the_next(int code)
    {
        await using FakeDnsServer broken = new(_ => new DnsReply { Code = code });
        await using FakeDnsServer good = new(_ => new DnsReply().Address("192.0.2.1"));

        Assert.Single(await LookUpAsync("web.", broken, good));
        Assert.Single(broken.Questions);
    }

    [Fact]
    public async Task A_silent_server_is_waited_for_only_as_long_as_the_file_says()
    {
        ManualTime time = new();
        await using FakeDnsServer silent = new(_ => (IReadOnlyList<DnsReply>)[]);
        await File.WriteAllTextAsync(
            _resolvConf, $"{silent.NameServerLine}\noptions timeout:3 attempts:2\n", TestContext.Current.CancellationToken);
        Task<IReadOnlyList<DnsRecord>> lookUp = new DnsResolver(_resolvConf, time)
            .LookUpAsync("web.", DnsRecordType.A, TestContext.Current.CancellationToken);
        for (int attempt = 0; attempt < 2; attempt++)
        {
            await silent.NextQuestionAsync(TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromSeconds(2.9));
            Assert.False(lookUp.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(0.1));
        }

        DiscoveryException failure = await Assert.ThrowsAsync<DiscoveryException>(() => lookUp);
        Assert.Contains("did not answer for web. within 3s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotation_begins_with_another_server_each_time()
    {
        await using FakeDnsServer first = new(_ => new DnsReply().Address("192.0.2.1"));
        await using FakeDnsServer second = new(_ => new DnsReply().Address("192.0.2.2"));
        await File.WriteAllTextAsync(
            _resolvConf, $"{first.NameServerLine}\n{second.NameServerLine}\noptions rotate\n", TestContext.Current.CancellationToken);
        DnsResolver resolver = new(_resolvConf, TimeProvider.System);
        for (int look = 0; look < 6; look++)
        {
            await resolver.LookUpAsync("web.", DnsRecordType.A, TestContext.Current.CancellationToken);
        }

        Assert.Equal((3, 3), (first.Questions.Count, second.Questions.Count));
    }

    [Fact]
    public async Task A_changed_file_holds_for_the_next_look_up()
    {
        await using FakeDnsServer first = new(_ => new DnsReply().Address("192.0.2.1"));
        await using FakeDnsServer second = new(_ => new DnsReply().Address("192.0.2.2"));
        DnsResolver resolver = new(_resolvConf, TimeProvider.System);
        foreach (FakeDnsServer server in (FakeDnsServer[])[first, second])
        {
            await File.WriteAllTextAsync(_resolvConf, server.NameServerLine, TestContext.Current.CancellationToken);
            await resolver.LookUpAsync("web.", DnsRecordType.A, TestContext.Current.CancellationToken);
            Assert.Single(server.Questions);
        }

        File.Delete(_resolvConf);
        DiscoveryException failure = await Assert.ThrowsAsync<DiscoveryException>(
            () => resolver.LookUpAsync("web.", DnsRecordType.A, TestContext.Current.CancellationToken));
        Assert.Contains("could not load", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_name_is_a_failure_that_says_so()
    {
        await using FakeDnsServer server = new(_ => new DnsReply());

        DiscoveryException failure = await Assert.ThrowsAsync<DiscoveryException>(() => LookUpAsync("a..b.", server));
        Assert.Contains("'a..b.' is not a domain name", failure.Message, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<DnsRecord>> LookUpAsync(string name, params FakeDnsServer[] servers) =>
        LookUpAsync(name, "", servers);

    private async Task<IReadOnlyList<DnsRecord>> LookUpAsync(string name, string settings, params FakeDnsServer[] servers)
    {
        string file = string.Join('\n', Array.ConvertAll(servers, static server => server.NameServerLine));
        await File.WriteAllTextAsync(_resolvConf, $"{file}\n{settings}\n", TestContext.Current.CancellationToken);
        return await new DnsResolver(_resolvConf, TimeProvider.System)
            .LookUpAsync(name, DnsRecordType.A, TestContext.Current.CancellationToken);
    }

    private static List<string> Names(IReadOnlyList<DnsRecord> records)
    {
        List<string> names = [];
        foreach (DnsRecord record in records)
        {
            names.Add(record.Target);
        }

        return names;
    }
}
