using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;
using AmpEdge.SigV4;
using Amazon;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

namespace AmpEdge.IngestServer.Encryption;

/// <summary>
/// Asks AWS KMS with the credentials of a configuration, and says of a failure what it means. A workspace asks once or twice, when
/// it is opened; so what is loaded for it goes with the question. Thread-safe.
/// </summary>
internal sealed class KmsClient
{
    /// <summary>After the first try, with the SDK's pauses in between, up to 20 seconds each when KMS throttles.</summary>
    private const int Retries = 4;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    /// <summary>Credentials are looked for again so long before they end.</summary>
    private static readonly TimeSpan s_renewal = TimeSpan.FromMinutes(5);

    private readonly CredentialSettings _settings;
    private readonly AmazonKeyManagementServiceConfig _options;
    private readonly string _place;
    private readonly TimeProvider _time;
    private volatile ResolvedCredentials? _credentials;

    private KmsClient(CredentialSettings settings, AmazonKeyManagementServiceConfig options, string place, TimeProvider time)
    {
        _settings = settings;
        _options = options;
        _place = place;
        _time = time;
    }

    /// <summary>A client for the region of a configuration, of the key's ARN or of the surroundings.</summary>
    /// <exception cref="KmsException">None of them names a region.</exception>
    public static KmsClient Create(KmsConfig config, TimeProvider time)
    {
        string region = config.SigV4.Region.Length > 0 ? config.SigV4.Region
            : RegionOf(config.KeyId) ?? AwsRegion.Find()
            ?? throw new KmsException(
                "it is not known in which region AWS KMS is asked: name it in storage.encryption.kms.sigv4.region (a command's "
                + "--storage.kms-region), in AWS_REGION, or give the key by its ARN",
                cause: null);
        AmazonKeyManagementServiceConfig options = new()
        {
            AuthenticationRegion = region, RetryMode = RequestRetryMode.Standard, MaxErrorRetry = Retries, Timeout = s_timeout,
        };
        if (config.Endpoint is { } endpoint)
        {
            options.ServiceURL = endpoint.AbsoluteUri;
        }
        else
        {
            options.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        string place = config.Endpoint is null ? $"AWS KMS in {region}" : $"AWS KMS at {config.Endpoint.AbsoluteUri}";
        return new KmsClient(Credentials(config.SigV4, region), options, place, time);
    }

    /// <summary>Asks once, and again when KMS throttles, fails or does not answer. Waits for the answer.</summary>
    /// <param name="action">What must be allowed for it.</param>
    /// <param name="keyId">The key.</param>
    /// <param name="call">Sends the request.</param>
    /// <exception cref="KmsException">There is no good answer; its cause is what the SDK made of it.</exception>
    public TAnswer Ask<TAnswer>(
        string action, string keyId, Func<AmazonKeyManagementServiceClient, CancellationToken, Task<TAnswer>> call) =>
        AskAsync(action, keyId, call, CancellationToken.None).GetAwaiter().GetResult();

    private async Task<TAnswer> AskAsync<TAnswer>(
        string action, string keyId, Func<AmazonKeyManagementServiceClient, CancellationToken, Task<TAnswer>> call,
        CancellationToken cancel)
    {
        AWSCredentials credentials = await FindCredentialsAsync(cancel).ConfigureAwait(false);
        using AmazonKeyManagementServiceClient client = new(credentials, _options);
        try
        {
            return await call(client, cancel).ConfigureAwait(false);
        }
        catch (AmazonUnmarshallingException unread)
        {
            throw new KmsException($"{_place} gave an answer to {action} that cannot be read: is it KMS that was asked?", unread);
        }
        catch (AmazonServiceException refused) when (refused.ErrorCode is { Length: > 0 } || (int)refused.StatusCode > 0)
        {
            throw new KmsException($"{_place} refuses {action} with the key {keyId}: {Explain(refused, action)}", refused);
        }
        catch (Exception failure) when (failure is AmazonClientException or HttpRequestException or OperationCanceledException)
        {
            string why = failure.InnerException is HttpRequestException http ? http.Message : failure.Message;
            throw new KmsException(
                $"{_place} cannot be reached for {action}, tried {Retries + 1} times: {why}; the server starts again when it can be",
                failure);
        }
    }

    private async Task<AWSCredentials> FindCredentialsAsync(CancellationToken cancel)
    {
        ResolvedCredentials? known = _credentials;
        if (known is null || known.ExpiresAt - s_renewal <= _time.GetUtcNow())
        {
            using SdkCredentialProvider provider = new(_settings, _time);
            try
            {
                known = await provider.ResolveAsync(cancel).ConfigureAwait(false);
            }
            catch (AmazonClientException none)
            {
                throw new KmsException($"there are no AWS credentials to ask {_place} with: {none.Message}", none);
            }
            catch (AmazonServiceException refused)
            {
                throw new KmsException($"the AWS credentials to ask {_place} with were refused: {refused.Message}", refused);
            }

            _credentials = known;
        }

        AwsCredentials found = known.Credentials;
        return found.SessionToken is null
            ? new BasicAWSCredentials(found.AccessKeyId, found.SecretAccessKey)
            : new SessionAWSCredentials(found.AccessKeyId, found.SecretAccessKey, found.SessionToken);
    }

    private static string Explain(AmazonServiceException refused, string action) => $"{refused.Message} ({refused.ErrorCode})" + refused switch
    {
        NotFoundException => "; see that key and region are right",
        DisabledException or KMSInvalidStateException =>
            "; enable the key, or cancel its deletion: without it the workspaces' data cannot be read",
        _ when refused.ErrorCode == "AccessDeniedException" =>
            $"; allow {action} in the key's policy, or in a policy of who the credentials are",
        _ when (int)refused.StatusCode == 429 || refused.ErrorCode is "ThrottlingException" or "LimitExceededException" =>
            $"; tried {Retries + 1} times, raise the request quota of KMS",
        _ => "",
    };

    /// <summary><c>arn:aws:kms:REGION:account:key/id</c>.</summary>
    private static string? RegionOf(string keyId) =>
        keyId.Split(':') is ["arn", _, "kms", { Length: > 0 } region, ..] ? region : null;

    private static CredentialSettings Credentials(SigV4Config config, string region) => new()
    {
        StaticKeys = config is { AccessKey.Length: > 0, SecretKey: { } secret }
            ? new AwsCredentials(config.AccessKey, secret.Reveal())
            : null,
        Profile = config.Profile.Length > 0 ? config.Profile : null,
        Roles = RoleHop.Single(config.RoleArn, config.ExternalId),
        Region = region,
        UseFipsSts = config.UseFipsStsEndpoint,
    };
}
