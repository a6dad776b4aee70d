-- Sets what remains of a window: KEYS is its count, ARGV what remains and the quota's limit. Answers what
-- the window has used and was granted then; nothing where it is not known.

local used = tonumber(redis.call('HGET', KEYS[1], 'used'))
if not used then
    return {}
end
local granted = used + tonumber(ARGV[1]) - tonumber(ARGV[2])
redis.call('HSET', KEYS[1], 'granted', string.format('%.0f', granted))
return { used, granted }
