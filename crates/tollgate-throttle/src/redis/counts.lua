-- The counts of windows, which are KEYS: all their fields.

local answer = {}
for index, key in ipairs(KEYS) do
    answer[index] = redis.call('HGETALL', key)
end
return answer
